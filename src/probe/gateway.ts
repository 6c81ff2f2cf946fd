import type { Exchange, ProbeRequest } from './exchange';

/** One probe to be sent: what, as which number of which audit, and when it was meant to start (epoch ms). */
export interface ProbeOrder {
  readonly auditId: string;
  readonly probe: number;
  readonly request: ProbeRequest;
  readonly intendedMs: number;
}

/**
 * Sends one probe, once, and records what came of it. Never throws for anything that a gateway or a network did:
 * that is a field of the Exchange. Never retries, never follows a redirect, keeps no cookies.
 */
export type SendProbe = (order: ProbeOrder) => Promise<Exchange>;

/**
 * Has the customers' own SDK make one call, with its default retries, and records each attempt; `order.probe` is the
 * number of the first. Never throws for what a gateway, a network or the SDK did.
 */
export type CallSdk = (order: ProbeOrder & { readonly call: number }) => Promise<readonly Exchange[]>;

/** What the SDK's default settings send at most for one call. */
export const maxSdkAttempts = 3;

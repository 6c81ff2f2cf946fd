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

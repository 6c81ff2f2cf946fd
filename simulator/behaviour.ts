import type { LimiterKind } from './limiter';
import type { ModelRequest } from './model-request';
import type { QuotaPeriod } from './quota';

/** What a refusal says about the wait: the header's text (null: not sent) and the message's seconds (null: none named). */
export interface StatedWait {
  readonly header: string | null;
  readonly messageSeconds: number | null;
}

/** How an answer can be spoiled on its way. */
export const brokenAnswerKinds = ['html', 'html-502', 'broken-json', 'reset'] as const;
export type BrokenAnswerKind = (typeof brokenAnswerKinds)[number];

/**
 * What the gateway really does to one customer. Configuration gives the honest one; each planted fault changes it.
 * Functions take the honest number and give what is said instead (null: nothing).
 */
export interface CustomerBehaviour {
  readonly limiter: LimiterKind;
  readonly tokensPerMinute: number;
  /** False: counts and says what remains, but never refuses. */
  readonly enforcesLimit: boolean;
  /** False for a request that the token limit neither refuses nor counts. */
  readonly limitSees: (asked: ModelRequest) => boolean;
  /** Unsynchronised counters, each enforcing the whole limit. */
  readonly counters: number;
  /** Customers with the same value are counted together. */
  readonly counter: string;
  /** What is known of the prompt in advance is only compared with what is left, or set aside until the answer came. */
  readonly estimates: 'no' | 'checked' | 'reserved';
  readonly quota: { readonly tokens: number; readonly period: QuotaPeriod } | null;
  readonly keyWorks: boolean;
  readonly stateWait: (honestSeconds: number) => StatedWait;
  readonly stateQuotaWait: (honestSeconds: number) => number;
  readonly stateConsumed: (tokens: number) => number | null;
  readonly stateRemaining: (tokens: number) => number | null;
  readonly reportsUsage: boolean;
  readonly recovers: boolean;
  readonly foreignTokensPerMinute: number;
  readonly extraLatencyMs: number;
  readonly brokenAnswers: { readonly kind: BrokenAnswerKind; readonly share: number } | null;
  readonly metering: Metering;
}

/** What reaches the meter of a customer's calls. */
export interface Metering {
  /** Empty: the metric has no subscription. */
  readonly bookedOn: string;
  readonly factor: number;
  readonly seesStreams: boolean;
  readonly seesPrompts: boolean;
  /** Every so-many-th call is lost; null: none. */
  readonly losesEvery: number | null;
  /** How often each call is booked. */
  readonly copies: number;
}

/** What the gateway really does to all. */
export interface GatewayBehaviour {
  readonly checksMissingKey: boolean;
  readonly checksWrongKey: boolean;
  readonly sendsBackendHeader: boolean;
  /** Weights used instead of the pool's own, in the members' order. */
  readonly weights: readonly number[] | null;
  readonly heedsPriority: boolean;
  readonly breakersTrip: boolean;
  readonly breakersReset: boolean;
  readonly foreignRegion: { readonly region: string; readonly share: number } | null;
  /** Chance of the same member again, cookies or not. */
  readonly stickiness: number;
}

export const honestGateway: GatewayBehaviour = {
  checksMissingKey: true,
  checksWrongKey: true,
  sendsBackendHeader: true,
  weights: null,
  heedsPriority: true,
  breakersTrip: true,
  breakersReset: true,
  foreignRegion: null,
  stickiness: 0,
};

import type { TokenUsage } from '../probe/exchange';
import type { CheckName, Declaration, LimiterKind } from './declaration';
import type { Finding, Verdict } from './verdict';

export type Trigger = 'timer' | 'http' | 'cli';

/** Raised whenever a rule's way of deciding changes. */
export const rulesVersion = 1;

/** What an audit measured, beside its findings. Tokens and milliseconds. */
export interface Estimate {
  readonly tokensPerMinute?: { readonly low: number; readonly high: number | null };
  readonly limiter?: LimiterKind | 'unknown';
  readonly overshootTokens?: number;
  readonly counters?: number;
  readonly promptsEstimated?: boolean;
}

export interface Summary {
  readonly probes: number;
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  readonly tokens: TokenUsage;
  readonly latencyMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number } | null;
  readonly lateMs: { readonly p50: number; readonly p99: number } | null;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byBackend: Readonly<Record<string, { readonly probes: number; readonly tokens: number }>>;
}

/** What is known of an audit before anything was sent. Times are ISO 8601 UTC. */
export interface AuditOrder {
  readonly auditId: string;
  readonly customerId: string;
  readonly gatewayId: string;
  readonly check: CheckName;
  readonly trigger: Trigger;
  readonly scheduledAt: string;
}

/** A finished audit before it has its place in the customer's history. */
export interface ReportDraft extends AuditOrder {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly state: 'done';
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly estimate: Estimate;
  readonly summary: Summary;
  /** Why the probing ended. */
  readonly stoppedBecause: string;
  readonly declared: Declaration;
  readonly rulesVersion: number;
  readonly evidenceHash: string;
  readonly evidenceTruncated?: true;
  readonly interrupted?: true;
  readonly attemptOf?: string;
}

/** The place in the chain: `hash` is SHA-256 (hex) over the RFC 8785 JSON of the report without `hash`. */
export interface Report extends ReportDraft {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
}

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
  /** The most that was surely used beyond the limit: what was let in before the charges of others had landed. */
  readonly overshootTokens?: number;
  /** The probes sent at once that went that far. */
  readonly burst?: BurstEstimate;
  readonly counters?: number;
  /** The evidence shows that there are just as many; absent: they are as declared, or at least as many as were seen. */
  readonly countersConfirmed?: true;
  /** Whether a prompt is compared with what is left before the model is asked; absent: neither was seen. */
  readonly promptsEstimated?: boolean;
  /** Metered tokens ÷ tokens that models reported, by surface; null: a model reported none on that surface. */
  readonly captureRate?: { readonly plain: number | null; readonly streamed: number | null };
  /** What a customer's SDK did about refusals. */
  readonly sdk?: SdkEstimate;
  /** By backend: its share of the answers that count, 0 to 1, and the confidence sequence of it. */
  readonly shares?: Readonly<Record<string, ShareEstimate>>;
  /** From the first error after a member had failed to the first answer of another; the longest seen. */
  readonly failoverMs?: number;
  /** From the last error of a member to its first answer after it; the longest seen. */
  readonly recoveryMs?: number;
  /** Who answered, and how, from when to when. */
  readonly timeline?: readonly TimelineEntry[];
  /** By neighbour: what it met while the audited customer used up its limit. */
  readonly neighbours?: Readonly<Record<string, NeighbourEstimate>>;
  readonly quota?: QuotaEstimate;
  /** SHA-256 (hex) of what was read of the gateway's own configuration, by what it is: "policy of api aoai". */
  readonly configuration?: Readonly<Record<string, string>>;
}

/** What a customer met beside a neighbour that uses up its limit. */
export interface NeighbourEstimate {
  /** Its refusals while the audited customer was refused, by what they are put down to. */
  readonly refusals: {
    readonly tokenLimit: number;
    readonly ownUse: number;
    readonly model: number;
    readonly other: number;
  };
  /** Of its answers before and during the neighbour's load; null where there were none. */
  readonly latencyMs: { readonly before: LatencyEstimate | null; readonly during: LatencyEstimate | null };
}

export interface LatencyEstimate {
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
}

/** Probes sent at once, at a moment when the limit was nearly used up; tokens are those of the admitted ones. */
export interface BurstEstimate {
  readonly probes: number;
  readonly admitted: number;
  readonly refused: number;
  readonly tokens: number;
}

/** What was seen of a token quota. */
export interface QuotaEstimate {
  /** The last that the gateway's header said was left; null where it is not declared or was not sent. */
  readonly remainingTokens: number | null;
  /** ISO 8601 UTC; null for a weekly one that no refusal dated: the day on which a week begins is not documented. */
  readonly periodEndsAt: string | null;
  /** What this audit spent of it. */
  readonly spentTokens: number;
}

/** Facts of an SDK's calls; they judge nobody. */
export interface SdkEstimate {
  readonly calls: number;
  readonly answeredCalls: number;
  readonly attempts: number;
  /** The longest call as its caller saw it, and the longest wait between two attempts of one; ms. */
  readonly longestCallMs: number;
  readonly longestWaitMs: number;
  /** Attempts made clearly before the wait had passed that the gateway asked for. */
  readonly hammeredAttempts: number;
  /** Calls that failed without their caller being told what the gateway had said. */
  readonly lostMessages: number;
}

export interface ShareEstimate {
  readonly expected: number;
  readonly observed: number;
  readonly low: number;
  readonly high: number;
  readonly answers: number;
}

/** Like probes in a row: the first was sent `from`, the last answered `to`; ISO 8601 UTC. */
export interface TimelineEntry {
  readonly from: string;
  readonly to: string;
  /** Members of one priority that answered by turns stand together, joined by " + "; null: nobody was named. */
  readonly backend: string | null;
  /** Null: no status line came. */
  readonly status: number | null;
  readonly probes: number;
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
  readonly byBackend: Readonly<Record<string, BackendSummary>>;
}

export interface BackendSummary {
  readonly probes: number;
  readonly tokens: number;
  /** Of the answered probes that name a backend, 0 to 1; absent where none did. */
  readonly share?: number;
  /** Of its answered probes. */
  readonly latencyMs?: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
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
  /** It was due at `scheduledAt` and did not run: nothing was sent. */
  readonly missed?: true;
  /**
   * Stored evidence judged again: the audit whose evidence it is, and when that was done (ISO 8601 UTC). Nothing was
   * sent; times, summary and declaration are those of that audit.
   */
  readonly rejudgementOf?: string;
  readonly rejudgedAt?: string;
}

/** The place in the chain: `hash` is SHA-256 (hex) over the RFC 8785 JSON of the report without `hash`. */
export interface Report extends ReportDraft {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
}

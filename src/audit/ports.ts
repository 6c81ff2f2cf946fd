import type { Exchange } from '../probe/exchange';
import type { AlertState } from './alerts/alert-changes';
import type { AlertStore } from './alerts/alert-store';
import type { ApimReading } from './apim-reading';
import type { Charge } from './check';
import type { CheckName, TokenQuota } from './declaration';
import type { AuditTotals, LastMeasured } from './history/audit-totals';
import type { DaySpan } from './history/customer-usage';
import type { DayRollUp } from './history/day-roll-up';
import type { MeterReading } from './meter-reading';
import type { DigestMarks } from './proof/digest-store';
import type { Retention } from './proof/retention';
import type { AuditOrder, Report, ReportDraft } from './report';
import type { Budgets } from './running/budgets';
import type { BrokenAttempt, Checkpoint, CheckpointPlace } from './running/checkpoint';
import type { EarlierAudit } from './running/earlier-audits';
import type { Leases } from './running/leases';
import type { Verdict } from './verdict';

/** One message of the queue `audit-jobs`: one customer and its due checks. */
export interface AuditJob {
  readonly customerId: string;
  /** W3C `traceparent` of whoever sent it, where traces are on. */
  readonly traceparent?: string;
  readonly audits: readonly AuditOrder[];
}

/** Where an audit stands. `queued` until a worker takes it; `attempt` counts the workers that took it. */
export interface Pointer {
  readonly order: AuditOrder;
  readonly state: 'queued' | 'running' | 'done';
  readonly attempt: number;
  /** Since when it is in this state; epoch ms. */
  readonly sinceMs: number;
  /** With `done`: the hash of the report, and the row it stands in. */
  readonly hash?: string;
  readonly reportRow?: string;
  /** What the attempt that runs, or the pause, has kept so far. */
  readonly checkpoint?: CheckpointPlace;
  /** It waits, and is to go on with its checkpoint at this moment; epoch ms. */
  readonly resumesAtMs?: number;
  /** How many attempts have broken off; those that paused have not. */
  readonly brokenAttempts?: number;
  /** Attempts that ended without a word and are not recorded yet, oldest first. */
  readonly broken?: readonly BrokenAttempt[];
}

/** What is stored with a report so that it can be judged again. */
export interface StoredEvidence {
  readonly exchanges: readonly Exchange[];
  readonly priorCharges: readonly Charge[];
  readonly ledgerSinceMs: number;
  /** Absent where no meter was read. */
  readonly meterReadings?: readonly MeterReading[];
  /** Absent where API Management was not asked. */
  readonly apimReading?: ApimReading;
  /** Absent where the check knows of no other audit. */
  readonly earlierAudits?: readonly EarlierAudit[];
  /** What an earlier audit that could not decide had counted; absent where this one began afresh. */
  readonly earlierCounts?: Readonly<Record<string, number>>;
}

export interface HistoryFilter {
  readonly check?: CheckName;
  readonly verdict?: Verdict;
  /** ISO 8601, both inclusive, on the report's commit time. */
  readonly from?: string;
  readonly to?: string;
  readonly top: number;
  readonly continuationToken?: string;
}

/** A stored report as whoever verifies it needs it: what is there, and whether the rows by which it is found agree. */
export interface StoredLink {
  /** The key of the report's row. */
  readonly row: string;
  /** Null: nothing of ours can be read there. */
  readonly report: Report | null;
  /** What the report was read from, as it is stored: all of it but its hash. */
  readonly text?: string;
  /** Of the evidence as it is stored now; null where there is none that can be read. */
  readonly evidenceHash: string | null;
  /** What else is wrong with the rows; null: they say what the report says. */
  readonly disagreement: string | null;
}

export interface AuditKey {
  readonly customerId: string;
  readonly auditId: string;
}

/** A customer's audit history: pointers, reports, evidence, the chain's head and the day's roll-up. */
export interface History {
  /** Inserts the pointer row as `queued`; false where the audit is already known. */
  insertPointer(order: AuditOrder, nowMs: number): Promise<boolean>;
  readPointer(customerId: string, auditId: string): Promise<Pointer | null>;
  /**
   * queued or running → running, attempt + 1. One that had paused keeps its checkpoint; one that was running has broken
   * off and stands in `broken` from now on. Null where the audit is done already; throws where it is unknown.
   */
  beginAttempt(customerId: string, auditId: string, nowMs: number): Promise<Pointer | null>;
  /**
   * Keeps what an attempt has seen so far, in place of what it kept before; with `resumesAtMs` the audit pauses. Throws
   * `conflict` where another attempt has overtaken it.
   */
  saveCheckpoint(
    audit: AuditKey,
    checkpoint: Checkpoint,
    fence: { readonly attempt: number; readonly resumesAtMs?: number },
  ): Promise<void>;
  /** What stands at that place; null where nothing does any more. */
  readCheckpoint(audit: AuditKey, place: CheckpointPlace): Promise<Checkpoint | null>;
  /** Forgets attempts that are recorded by now. */
  forgetBroken(audit: AuditKey, attempts: readonly number[]): Promise<void>;
  /** Deletes an ended audit's checkpoint; what is left over does no harm. */
  dropCheckpoint(audit: AuditKey): Promise<void>;
  /**
   * Ends an audit in one transaction: head (If-Match), pointer (running → done, the attempt number is the fence),
   * report, evidence, roll-up. Gives the report its place in the chain. Answers the stored report also where an
   * earlier call had succeeded and its answer was lost. Throws `conflict` where another attempt has overtaken ours.
   */
  commit(
    draft: ReportDraft,
    evidence: StoredEvidence,
    fence: { readonly attempt: number; readonly nowMs: number },
  ): Promise<Report>;
  /** The report (done audits) and its evidence; null where there is none. */
  readReport(
    customerId: string,
    auditId: string,
  ): Promise<{ readonly report: Report; readonly evidence: StoredEvidence } | null>;
  /** Newest first; a page may be short while a token is there. Throws `bad-request` for a token not of this customer. */
  list(
    customerId: string,
    filter: HistoryFilter,
  ): Promise<{ readonly audits: readonly Report[]; readonly continuationToken: string | null }>;
  /** The days' roll-ups, oldest first. */
  readDays(customerId: string, span: DaySpan): Promise<readonly DayRollUp[]>;
  readHead(customerId: string): Promise<{ readonly sequence: number; readonly hash: string } | null>;
  /** For verification: all that stands where reports do, newest first; what cannot be read is told, not thrown. */
  readLinks(
    customerId: string,
    continuationToken: string | null,
  ): Promise<{ readonly links: readonly StoredLink[]; readonly continuationToken: string | null }>;
}

export interface CheckStatus {
  readonly verdict: Verdict;
  readonly auditId: string;
  readonly sequence: number;
  readonly finishedAt: string;
  /** The record by which that audit was judged again: the verdict is that one's, all else the audit's own. */
  readonly rejudgedAs?: { readonly auditId: string; readonly sequence: number };
}

/** A customer's row in the table `limits`: what is known now. */
export interface LimitStatus {
  readonly customerId: string;
  readonly gatewayId: string;
  readonly declared: { readonly tokensPerMinute: number; readonly tokenQuota?: TokenQuota };
  readonly observed: {
    readonly remainingTokens: number | null;
    readonly consumedTokens: number | null;
    readonly at: string;
  } | null;
  readonly throttled: { readonly since: string; readonly until: string | null } | null;
  readonly verdicts: Readonly<Partial<Record<CheckName, CheckStatus>>>;
  /** The chain's head, copied so that digests read this one table. */
  readonly head: { readonly sequence: number; readonly hash: string } | null;
  /** UTC day and tokens that our probes spent on it. */
  readonly spent: { readonly day: string; readonly tokens: number };
  /** So that metrics read this one table; absent until the first audit. */
  readonly totals?: AuditTotals;
  readonly measured?: LastMeasured;
  /** By check: since when (ISO 8601 UTC) the watch has been expecting it by this schedule. */
  readonly expected?: Readonly<Partial<Record<CheckName, ExpectedCheck>>>;
  /** By check: the last occurrence that was recorded as missed, and how many were. */
  readonly missed?: Readonly<Partial<Record<CheckName, MissedCheck>>>;
  /** What alerts are told from. */
  readonly alerts?: AlertState;
}

export interface ExpectedCheck {
  readonly schedule: string;
  readonly since: string;
}

export interface MissedCheck {
  readonly dueAt: string;
  readonly auditId: string;
  readonly sequence: number;
  readonly count: number;
}

export interface LimitStatuses {
  read(customerId: string): Promise<LimitStatus | null>;
  /** Every stored row: one query of one partition. */
  readAll(): Promise<readonly LimitStatus[]>;
  /** Those of the customers from `first` to `last`, in the order of their ids. */
  readBetween(first: string, last: string): Promise<readonly LimitStatus[]>;
  /** Reads, applies, replaces If-Match; again when another writer was quicker. `change` gets null for a new row. */
  update(customerId: string, change: (current: LimitStatus | null) => LimitStatus): Promise<LimitStatus>;
}

/** An audit that is queued or running: one row a customer and check. */
export interface OpenAudit {
  readonly customerId: string;
  readonly check: CheckName;
  readonly auditId: string;
  readonly state: 'queued' | 'running';
  /** Since when; of one that waits, until when. Epoch ms. */
  readonly sinceMs: number;
  /** When its message was sent again, where it was; epoch ms. */
  readonly sentAgainMs?: number;
}

export interface OpenAudits {
  /** Inserts the row; where one is there already, answers that one instead and changes nothing. */
  claim(open: OpenAudit): Promise<{ readonly claimed: true } | { readonly claimed: false; readonly by: OpenAudit }>;
  setRunning(customerId: string, check: CheckName, auditId: string, nowMs: number): Promise<void>;
  /** Notes that its message was sent again; false where the audit is no longer open, or another was quicker. */
  setSentAgain(open: OpenAudit, nowMs: number): Promise<boolean>;
  /** Deletes the row if it is still that audit's. */
  release(customerId: string, check: CheckName, auditId: string): Promise<void>;
  readAll(): Promise<readonly OpenAudit[]>;
}

export interface JobQueue {
  /** Sends a job that becomes visible after `delayMs`. */
  send(job: AuditJob, delayMs?: number): Promise<void>;
}

/** The last charge of ours on a counter: when its answer came, and how many tokens. */
export interface LastCharge {
  readonly atMs: number;
  readonly tokens: number;
}

/** When a counter was last charged by us, kept over processes (the lease row; a state file for the command line). */
export interface CounterCharges {
  last(counter: string): Promise<LastCharge | null>;
  record(counter: string, charge: LastCharge): Promise<void>;
}

export interface Storage {
  readonly history: History;
  readonly limits: LimitStatuses;
  readonly open: OpenAudits;
  readonly jobs: JobQueue;
  readonly charges: CounterCharges;
  readonly leases: Leases;
  readonly budgets: Budgets;
  readonly alerts: AlertStore;
  readonly retention: Retention;
  readonly digestMarks: DigestMarks;
  /** Makes tables and queue where they are missing; throws `storage-unavailable` or `storage-refused` with what to do. */
  prepare(): Promise<void>;
}

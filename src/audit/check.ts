import type { Exchange, ProbeRequest } from '../probe/exchange';
import type { ApimReading } from './apim-reading';
import type { CheckName, Declaration } from './declaration';
import type { MeterReading } from './meter-reading';
import type { Estimate, Report } from './report';
import type { EarlierAudit } from './running/earlier-audits';
import type { Finding } from './verdict';

/** Tokens of ours that a counter was charged with outside this audit. */
export interface Charge {
  readonly sentMs: number;
  readonly receivedMs: number;
  readonly tokens: number;
  /** What of `tokens` was surely charged, where that is less: usage was not reported, or no answer came. */
  readonly sureTokens?: number;
  /** On which counter, where it is not the audited customer's (isolation). */
  readonly counter?: string;
}

/** Everything that `next` may know. */
export interface AuditState {
  readonly declared: Declaration;
  readonly startedMs: number;
  readonly nowMs: number;
  /** Finished exchanges, in the order in which they were finished. */
  readonly exchanges: readonly Exchange[];
  /** How many probes are under way. */
  readonly inFlight: number;
  /** What of our own we know to have been charged on this counter before the audit, oldest first. */
  readonly priorCharges: readonly Charge[];
  /** Since when every charge of ours on this counter stands in `priorCharges` or `exchanges`; epoch ms. */
  readonly ledgerSinceMs: number;
  /** Answers by backend in earlier audits of this declaration, whose spread had not been decided. */
  readonly earlierCounts?: Readonly<Record<string, number>>;
  /** What the gateway's meter showed so far, oldest first. */
  readonly meterReadings?: readonly MeterReading[];
  /** What API Management was seen to declare. */
  readonly apimReading?: ApimReading;
  /** Randomness as data: two audits with one seed ask the same. */
  readonly seed: number;
}

/**
 * What to do now. `wait` ends at `untilMs` or when a probe under way finishes, whichever comes first. `call-sdk` has
 * the customers' own client make the call: each of its attempts becomes an exchange. `read-meter` asks the gateway's
 * meter what it booked in a window, epoch ms, the end exclusive. `read-apim` asks API Management, once, what it declares.
 */
export type Step =
  | { readonly do: 'send'; readonly phase: string; readonly probes: readonly ProbeRequest[] }
  | { readonly do: 'call-sdk'; readonly phase: string; readonly request: ProbeRequest }
  | { readonly do: 'read-meter'; readonly phase: string; readonly fromMs: number; readonly toMs: number }
  | { readonly do: 'read-apim'; readonly phase: string }
  | { readonly do: 'wait'; readonly phase: string; readonly untilMs: number }
  | { readonly do: 'stop'; readonly because: string };

/** Everything that `judge` may know: what is stored, so that it can be judged again. */
export interface Evidence {
  readonly declared: Declaration;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly exchanges: readonly Exchange[];
  readonly priorCharges: readonly Charge[];
  readonly ledgerSinceMs: number;
  /** Answers by backend in earlier audits of this declaration, whose spread had not been decided. */
  readonly earlierCounts?: Readonly<Record<string, number>>;
  readonly meterReadings?: readonly MeterReading[];
  readonly apimReading?: ApimReading;
  /** What earlier audits found, of the checks that this one `knows`. */
  readonly earlierAudits?: readonly EarlierAudit[];
  /** Why `next` or the loop stopped. */
  readonly stoppedBecause: string;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly estimate: Estimate;
}

/**
 * A kind of audit as two pure functions: what to send now, and what the evidence means. Neither knows a network, a
 * clock or a database.
 */
export interface Check {
  readonly name: CheckName;
  /** Uses up the customer's limit while it runs; such checks run last, and never two on one gateway. */
  readonly saturates: boolean;
  /** Never asks the gateway, so that it needs no counter to itself. */
  readonly sendsNothing?: true;
  /** Checks whose last audits it judges by. */
  readonly knows?: readonly CheckName[];
  next(state: AuditState): Step;
  judge(evidence: Evidence): Judgement;
  /** What an audit that could not decide leaves to the next one of the same declaration; null: it starts afresh. */
  readonly goesOnFrom?: (last: Report, declared: Declaration) => Readonly<Record<string, number>> | null;
}

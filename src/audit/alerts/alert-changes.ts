import type { CheckName } from '../declaration';
import type { LimitStatus } from '../ports';
import type { Report } from '../report';
import type { Verdict } from '../verdict';

export type AlertKind = 'fail' | 'recovered' | 'missed';

/** Something that alerts are to tell, not told yet: which audit it was, and what the check's verdict had been before. */
export interface AlertChange {
  readonly kind: AlertKind;
  readonly check: CheckName;
  readonly auditId: string;
  readonly sequence: number;
  /** When the audit ended, ISO 8601 UTC. */
  readonly at: string;
  readonly before: Verdict | null;
}

/** A customer's state of alerting; it stands in the row that a report's verdict goes into, and changes with it. */
export interface AlertState {
  /** By check: the last verdict that decided, and where its report stands in the chain. */
  readonly decided: Readonly<Partial<Record<CheckName, DecidedVerdict>>>;
  /** Oldest first. */
  readonly untold: readonly AlertChange[];
  /** How many have been handed over to be sent. */
  readonly told: Readonly<Record<AlertKind, number>>;
}

interface DecidedVerdict {
  readonly verdict: 'pass' | 'fail';
  readonly sequence: number;
}

/** The row has room for so many; only where nothing could be told for days are there more, and the newest matter most. */
const mostUntold = 30;

/**
 * The state after a report. A check that fails where it did not, and one that passes where it failed, are changes;
 * an inconclusive audit between two others is none, nor is an attempt that broke off or old evidence judged again. A
 * report that is told twice, or after a later one, changes nothing.
 */
export function alertsAfter(status: LimitStatus, report: Report): AlertState {
  const state = status.alerts ?? { decided: decidedOf(status), untold: [], told: { fail: 0, recovered: 0, missed: 0 } };
  const { check, verdict, sequence } = report;
  if (report.missed) return withChange(state, changeTo('missed', report, status));
  if (verdict === 'inconclusive' || !isFresh(report)) return state;
  const last = state.decided[check];
  if (last !== undefined && last.sequence >= sequence) return state;
  const after = { ...state, decided: { ...state.decided, [check]: { verdict, sequence } } };
  if (verdict === 'fail') return last?.verdict === 'fail' ? after : withChange(after, changeTo('fail', report, status));
  return last?.verdict === 'fail' ? withChange(after, changeTo('recovered', report, status)) : after;
}

/** Of a row from before there were alerts: what its verdicts say is known, and no news. */
function decidedOf({ verdicts }: LimitStatus): AlertState['decided'] {
  return Object.fromEntries(
    Object.entries(verdicts).flatMap(([check, { verdict, sequence }]) =>
      verdict === 'inconclusive' ? [] : [[check, { verdict, sequence }]],
    ),
  );
}

function isFresh(report: Report): boolean {
  return !report.interrupted && report.attemptOf === undefined && report.rejudgementOf === undefined;
}

function changeTo(kind: AlertKind, report: Report, { verdicts }: LimitStatus): AlertChange {
  const { check, auditId, sequence, finishedAt } = report;
  return { kind, check, auditId, sequence, at: finishedAt, before: verdicts[check]?.verdict ?? null };
}

function withChange(state: AlertState, change: AlertChange): AlertState {
  return { ...state, untold: [...state.untold, change].slice(-mostUntold) };
}

/** The state once these changes have been handed over. */
export function withTold(state: AlertState, changes: readonly AlertChange[]): AlertState {
  const isOver = (change: AlertChange) => changes.some((one) => isSame(one, change));
  const over = state.untold.filter(isOver);
  const count = (kind: AlertKind) => state.told[kind] + over.filter((change) => change.kind === kind).length;
  return {
    ...state,
    untold: state.untold.filter((change) => !isOver(change)),
    told: { fail: count('fail'), recovered: count('recovered'), missed: count('missed') },
  };
}

function isSame(one: AlertChange, other: AlertChange): boolean {
  return one.kind === other.kind && one.auditId === other.auditId;
}

import { AuditorError } from '../../auditor-error';
import type { CheckMap } from '../checks';
import type { CheckName } from '../declaration';
import type { History } from '../ports';
import type { RecordPorts } from '../running/record-apart';
import { type Rejudgement, rejudge } from './rejudge';
import { type StoredAudit, storeRejudgement } from './store-rejudgement';

/** Which of a customer's audits are judged again: all where nothing is said. */
export interface RejudgeSelection {
  readonly check?: CheckName;
  readonly auditId?: string;
  /** Whether each judgement is recorded beside its audit. */
  readonly store: boolean;
}

export interface RejudgedAudit extends Rejudgement {
  /** The record of it; null where none is kept. */
  readonly record: { readonly auditId: string; readonly sequence: number; readonly isNew: boolean } | null;
}

export interface RejudgePorts extends RecordPorts {
  readonly checks: CheckMap;
}

const auditsAtOnce = 50;

/** Judges a customer's stored audits again, newest first. Throws `not-found` for an audit that is not stored. */
export async function* rejudgeHistory(
  customerId: string,
  { store, ...selection }: RejudgeSelection,
  ports: RejudgePorts,
): AsyncGenerator<RejudgedAudit> {
  for await (const stored of selected(customerId, selection, ports.storage.history)) {
    const rejudged = rejudge(stored.report, stored.evidence, ports.checks);
    const kept = store ? await storeRejudgement(rejudged, stored, ports) : null;
    const record = kept && { auditId: kept.report.auditId, sequence: kept.report.sequence, isNew: kept.isNew };
    yield { ...rejudged, record };
  }
}

async function* selected(
  customerId: string,
  { auditId, check }: Omit<RejudgeSelection, 'store'>,
  history: Pick<History, 'list' | 'readReport'>,
): AsyncGenerator<StoredAudit> {
  if (auditId !== undefined) {
    const stored = await history.readReport(customerId, auditId);
    if (stored !== null) return yield stored;
    throw new AuditorError('not-found', `Customer ${customerId} has no audit ${auditId} that has ended.`);
  }
  let continuationToken: string | null = null;
  do {
    const page: Awaited<ReturnType<History['list']>> = await history.list(customerId, {
      top: auditsAtOnce,
      ...(check !== undefined && { check }),
      ...(continuationToken !== null && { continuationToken }),
    });
    // What records a judgement is no other audit: the one that it names is judged again.
    for (const report of page.audits.filter(({ rejudgementOf }) => rejudgementOf === undefined)) {
      const stored = await history.readReport(customerId, report.auditId);
      if (stored !== null) yield stored;
    }
    ({ continuationToken } = page);
  } while (continuationToken !== null);
}

import type { AuditRecord } from '../src/audit/history/read-audit';
import type { Report } from '../src/audit/report';
import type { HostClock } from './host-clock';

/** What watching asks of the app. */
export interface WatchedApp {
  limitStatuses(page: { readonly top: number; readonly continuationToken?: string }): Promise<{
    readonly customers: readonly CustomerVerdicts[];
    readonly continuationToken: string | null;
  }>;
  readAudit(customerId: string, auditId: string): Promise<AuditRecord>;
}

interface CustomerVerdicts {
  readonly customerId: string;
  readonly verdicts: Readonly<Record<string, { readonly auditId: string }>>;
}

export interface AuditId {
  readonly customerId: string;
  readonly auditId: string;
}

export interface WatchParts {
  readonly app: WatchedApp;
  readonly clock: HostClock;
  readonly pollMs: number;
  /** Audits whose progress is told until all are done. */
  readonly awaited: readonly AuditId[];
  /** Verdicts that were there before: they are no news. */
  readonly known: ReadonlySet<string>;
  readonly onReport: (report: Report) => void;
  readonly onProgress: (open: readonly AuditRecord[]) => void;
  readonly onAllDone: () => void;
  readonly onTrouble: (message: string) => void;
}

/** Looks at each customer's verdicts again and again and tells what is new, until the signal is aborted. */
export async function watchVerdicts(parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { app, clock } = parts;
  const seen = new Set(parts.known);
  let open = parts.awaited;
  let lastTrouble = '';

  const look = async (): Promise<void> => {
    const fresh = (await allVerdicts(app)).filter(({ auditId }) => !seen.has(auditId));
    const records = await readAll(app, fresh);
    for (const record of records.filter(isDone).toSorted(byEnd)) {
      seen.add(record.auditId);
      parts.onReport(record);
    }
    if (open.length === 0) return;
    const states = await readAll(app, open);
    // What is done may not stand in the customer's row yet: its verdict is told before the end is.
    open = states.filter((record) => !isDone(record) || !seen.has(record.auditId));
    if (open.length === 0) parts.onAllDone();
    else parts.onProgress(states.filter((record) => !isDone(record)));
  };
  while (!signal.aborted) {
    try {
      await look();
      lastTrouble = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== lastTrouble && !signal.aborted) parts.onTrouble(message);
      lastTrouble = message;
    }
    await clock.sleepUntil(clock.nowMs() + parts.pollMs, signal);
  }
}

/** The ids of the newest audit of every customer and check. */
export async function allVerdicts(app: Pick<WatchedApp, 'limitStatuses'>): Promise<readonly AuditId[]> {
  const found: AuditId[] = [];
  let continuationToken: string | null = null;
  do {
    const page: Awaited<ReturnType<WatchedApp['limitStatuses']>> = await app.limitStatuses({
      top: 1000,
      ...(continuationToken !== null && { continuationToken }),
    });
    for (const { customerId, verdicts } of page.customers) {
      found.push(...Object.values(verdicts).map(({ auditId }) => ({ customerId, auditId })));
    }
    continuationToken = page.continuationToken;
  } while (continuationToken !== null);
  return found;
}

async function readAll(app: Pick<WatchedApp, 'readAudit'>, ids: readonly AuditId[]): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  for (const { customerId, auditId } of ids) records.push(await app.readAudit(customerId, auditId));
  return records;
}

function isDone(record: AuditRecord): record is AuditRecord & Report {
  return record.state === 'done';
}

function byEnd(a: Report, b: Report): number {
  return a.finishedAt < b.finishedAt ? -1 : 1;
}

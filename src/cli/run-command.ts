import type { WantedAudit } from '../app/assemble';
import type { CheckName } from '../audit/declaration';
import type { Report } from '../audit/report';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodeOf, exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { showProgress } from './progress';
import { renderReports } from './report-table';
import { selectAudits } from './select-audits';
import { tableStyleOf } from './table';

export interface RunOptions {
  readonly config?: string;
  readonly customer: readonly string[];
  readonly check: readonly CheckName[];
  readonly parallel: number;
  readonly json?: true;
  readonly store?: true;
}

/** `run`: audits now, in this process. Answers the exit code. */
export async function runCommand(options: RunOptions, io: CommandIo, parts: CommandParts): Promise<number> {
  const app = await openCommandApp(options.config, io, parts);
  const selection = { customers: options.customer, checks: options.check };
  const { wanted, leftOut } = selectAudits(app.config, selection, parts.availableChecks);
  for (const sentence of leftOut) printLine(io.stderr, `note: ${sentence}`);

  const limits = new Map(app.config.customers.map((customer) => [customer.id, customer.tokensPerMinute]));
  const progress = showProgress(io, (customerId) => limits.get(customerId) ?? 0);
  const reports: Report[] = [];
  try {
    await app.audit(wanted, {
      trigger: 'cli',
      parallel: options.parallel,
      store: options.store === true,
      signal: io.signal,
      onProgress: progress.update,
      onReport(report) {
        progress.finish(report);
        reports.push(report);
      },
    });
  } finally {
    progress.stop();
    // Audits that ended are shown whatever became of the others: they were paid for.
    printReports(inOrderOf(wanted, reports), options, io);
  }
  if (io.signal.aborted) {
    printLine(io.stderr, `interrupted: ${reports.length} of ${wanted.length} audits had begun`);
    return exitCodes.interrupted;
  }
  return exitCodeOf(reports.map(({ verdict }) => verdict));
}

function printReports(reports: readonly Report[], { json }: RunOptions, { stdout, env }: CommandIo): void {
  const style = tableStyleOf(stdout, isColoured(stdout, env));
  if (json) printLine(stdout, JSON.stringify({ reports }));
  else if (reports.length > 0) printLine(stdout, renderReports(reports, style));
}

/** Parallel audits end in any order; people and diffs want the same one each time. */
function inOrderOf(wanted: readonly WantedAudit[], reports: readonly Report[]): readonly Report[] {
  const keyOf = ({ customerId, check }: WantedAudit) => `${customerId} ${check}`;
  const places = new Map(wanted.map((audit, index) => [keyOf(audit), index]));
  const placeOf = (report: Report) => places.get(keyOf(report)) ?? 0;
  return reports.toSorted((a, b) => placeOf(a) - placeOf(b));
}

import type { CheckName } from '../audit/declaration';
import type { Report } from '../audit/report';
import { selectAudits } from './audit-requests';
import { readCliSettings } from './cli-settings';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodeOf, exitCodes } from './exit-code';
import { showProgress } from './progress';
import { renderReports } from './report-table';
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
export async function runCommand(
  options: RunOptions,
  io: CommandIo,
  { openApp, availableChecks }: CommandParts,
): Promise<number> {
  const app = await openApp(await readCliSettings(io), options.config);
  const selection = { customers: options.customer, checks: options.check };
  const { requests, leftOut } = selectAudits(app.config, selection, availableChecks);
  for (const sentence of leftOut) printLine(io.stderr, `note: ${sentence}`);

  const limits = new Map(app.config.customers.map((customer) => [customer.id, customer.tokensPerMinute]));
  const progress = showProgress(io, (customerId) => limits.get(customerId) ?? 0);
  const reports = await app
    .audit(requests, {
      trigger: 'cli',
      parallel: options.parallel,
      store: options.store === true,
      signal: io.signal,
      onProgress: progress.update,
      onReport: progress.finish,
    })
    .finally(progress.stop);

  const inOrder = sortByRequest(reports, requests);
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, options.json ? JSON.stringify({ reports: inOrder }) : renderReports(inOrder, style));
  if (io.signal.aborted) {
    printLine(io.stderr, `interrupted: ${reports.length} of ${requests.length} audits ended before or by it`);
    return exitCodes.interrupted;
  }
  return exitCodeOf(reports.map(({ verdict }) => verdict));
}

/** Parallel audits end in any order; people and diffs want the same one each time. */
function sortByRequest(
  reports: readonly Report[],
  requests: readonly { readonly customerId: string; readonly check: CheckName }[],
): readonly Report[] {
  const place = new Map(requests.map(({ customerId, check }, index) => [`${customerId} ${check}`, index]));
  const placeOf = ({ customerId, check }: Report) => place.get(`${customerId} ${check}`) ?? 0;
  return reports.toSorted((a, b) => placeOf(a) - placeOf(b));
}

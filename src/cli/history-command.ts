import type { HistoryFilter } from '../audit/ports';
import type { Report } from '../audit/report';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { colourVerdict, renderTable, type TableStyle, tableStyleOf } from './table';

export interface HistoryOptions extends Omit<HistoryFilter, 'continuationToken'> {
  readonly config?: string;
  readonly json?: true;
}

/** `history`: a customer's audits from storage, newest first. */
export async function historyCommand(
  customerId: string,
  options: HistoryOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const { config, json, ...filter } = options;
  const app = await openCommandApp(config, io, parts);
  const audits: Report[] = [];
  let continuationToken: string | null = null;
  do {
    // A page may be short, or empty, while there is more.
    const page = await app.history(customerId, {
      ...filter,
      top: filter.top - audits.length,
      ...(continuationToken !== null && { continuationToken }),
    });
    audits.push(...page.audits);
    continuationToken = page.continuationToken;
  } while (continuationToken !== null && audits.length < filter.top && !io.signal.aborted);
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, json ? JSON.stringify({ audits, continuationToken }) : renderHistory(audits, style));
  return io.signal.aborted ? exitCodes.interrupted : exitCodes.pass;
}

function renderHistory(audits: readonly Report[], style: TableStyle): string {
  if (audits.length === 0) return 'No audit fits.';
  const columns = [
    { title: 'finished' },
    { title: 'check' },
    { title: 'verdict' },
    { title: 'what was seen', isFreeText: true },
    { title: 'audit' },
  ] as const;
  const rows = audits.map((report) => [
    report.finishedAt,
    report.rejudgementOf === undefined ? report.check : `${report.check} (judged again)`,
    colourVerdict(report.verdict, style),
    whatWasSeen(report),
    report.auditId,
  ]);
  return renderTable(columns, rows, style);
}

/** The findings that made the verdict; of a pass all of them are as promised. */
function whatWasSeen({ findings, verdict, stoppedBecause }: Report): string {
  if (findings.length === 0) return stoppedBecause;
  if (verdict === 'pass') return `${findings.length} of ${findings.length} rules pass`;
  return findings
    .filter((finding) => finding.verdict === verdict)
    .map((finding) => `${finding.rule}: ${finding.observed}`)
    .join('\n');
}

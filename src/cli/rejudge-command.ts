import { checks } from '../audit/checks';
import { type Rejudgement, rejudge } from '../audit/rejudge';
import type { CommandApp, CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { colourVerdict, renderTable, type TableStyle, tableStyleOf } from './table';

export interface RejudgeOptions {
  readonly config?: string;
  readonly json?: true;
}

const auditsAtOnce = 50;

/** `rejudge`: stored evidence judged again by today's rules against what was declared then. History stays as it is. */
export async function rejudgeCommand(
  customerId: string | undefined,
  { config, json }: RejudgeOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const app = await openCommandApp(config, io, parts);
  const ids = customerId === undefined ? app.config.customers.map(({ id }) => id) : [customerId];
  const rejudged: Rejudgement[] = [];
  for (const id of ids) {
    for await (const one of rejudgeAll(app, id)) {
      if (io.signal.aborted) return exitCodes.interrupted;
      rejudged.push(one);
    }
  }
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, json ? JSON.stringify({ audits: rejudged }) : renderRejudged(rejudged, style));
  return exitCodes.pass;
}

async function* rejudgeAll(app: CommandApp, customerId: string): AsyncGenerator<Rejudgement> {
  let continuationToken: string | null = null;
  do {
    const filter = { top: auditsAtOnce, ...(continuationToken !== null && { continuationToken }) };
    const page: Awaited<ReturnType<CommandApp['history']>> = await app.history(customerId, filter);
    for (const report of page.audits) {
      const record = await app.readAudit(customerId, report.auditId);
      if (record.state === 'done') yield rejudge(report, record, checks);
    }
    ({ continuationToken } = page);
  } while (continuationToken !== null);
}

function renderRejudged(rejudged: readonly Rejudgement[], style: TableStyle): string {
  const changed = rejudged.filter(({ changes, before, after }) => changes.length > 0 || before !== after);
  const total = `${rejudged.length} audits judged again, ${changed.length} otherwise than then. The history stays as it is.`;
  if (changed.length === 0) return total;
  const columns = [
    { title: 'customer' },
    { title: 'audit' },
    { title: 'check' },
    { title: 'then' },
    { title: 'today' },
    { title: 'changed', isFreeText: true },
  ] as const;
  const rows = changed.map(({ customerId, rejudgementOf, check, before, after, changes, undecidedBecause }) => [
    customerId,
    rejudgementOf,
    check,
    colourVerdict(before, style),
    colourVerdict(after, style),
    [
      ...changes.map((change) => `${change.rule}: ${change.before ?? '–'} → ${change.after ?? '–'}`),
      ...(undecidedBecause === null ? [] : [undecidedBecause]),
    ].join('\n'),
  ]);
  return `${renderTable(columns, rows, style)}\n${total}`;
}

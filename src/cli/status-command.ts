import { checkNames } from '../audit/declaration';
import type { LimitStatusView } from '../audit/limit-status';
import type { CommandApp, CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { colourVerdict, renderTable, type TableStyle, tableStyleOf } from './table';

export interface StatusOptions {
  readonly config?: string;
  readonly json?: true;
}

/** `status`: what is known of every customer, or of one, from storage. */
export async function statusCommand(
  customerId: string | undefined,
  options: StatusOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const app = await openCommandApp(options.config, io, parts);
  const customers = customerId === undefined ? await readAll(app) : [await app.limitStatusOf(customerId)];
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, options.json ? JSON.stringify({ customers }) : renderStatuses(customers, style));
  return exitCodes.pass;
}

async function readAll(app: CommandApp): Promise<readonly LimitStatusView[]> {
  const all: LimitStatusView[] = [];
  let page = await app.limitStatuses({ top: 1000 });
  all.push(...page.customers);
  while (page.continuationToken !== null) {
    page = await app.limitStatuses({ top: 1000, continuationToken: page.continuationToken });
    all.push(...page.customers);
  }
  return all;
}

function renderStatuses(statuses: readonly LimitStatusView[], style: TableStyle): string {
  const columns = [
    { title: 'customer' },
    { title: 'tokens/min' },
    { title: 'remaining' },
    { title: 'throttled' },
    { title: 'spent today' },
    { title: 'verdicts', isFreeText: true },
  ] as const;
  const rows = statuses.map((status) => [
    status.customerId,
    String(status.declared.tokensPerMinute),
    status.observed ? `${status.observed.remainingTokens ?? '?'} at ${status.observed.at}` : 'not yet seen',
    status.throttled ? `since ${status.throttled.since}` : 'no',
    `${status.spentToday} of ${status.maxTokensPerDay}`,
    verdictsOf(status, style),
  ]);
  return renderTable(columns, rows, style);
}

function verdictsOf({ verdicts }: LimitStatusView, style: TableStyle): string {
  const known = checkNames.flatMap((check) => {
    const status = verdicts[check];
    return status ? [`${check} ${colourVerdict(status.verdict, style)}${status.stale ? ' (stale)' : ''}`] : [];
  });
  return known.length > 0 ? known.join('\n') : 'not yet audited';
}

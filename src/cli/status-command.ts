import { checkNames } from '../audit/declaration';
import type { LimitStatus } from '../audit/ports';
import { AuditorError } from '../auditor-error';
import { readCliSettings } from './cli-settings';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { colourVerdict, renderTable, type TableStyle, tableStyleOf } from './table';

export interface StatusOptions {
  readonly config?: string;
  readonly json?: true;
}

/** `status`: what is known of every customer, or of one, from storage. */
export async function statusCommand(
  customerId: string | undefined,
  options: StatusOptions,
  { io, openApp }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const app = await openApp(await readCliSettings(io), options.config);
  const customers = app.config.customers.filter(({ id }) => customerId === undefined || id === customerId);
  if (customers.length === 0) throw new AuditorError('not-found', `The configuration has no customer ${customerId}.`);
  const statuses: LimitStatus[] = [];
  for (const { id } of customers) {
    const status = await app.limitStatusOf(id);
    if (status) statuses.push(status);
  }
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, options.json ? JSON.stringify({ customers: statuses }) : renderStatuses(statuses, style));
  return exitCodes.pass;
}

function renderStatuses(statuses: readonly LimitStatus[], style: TableStyle): string {
  const columns = [
    { title: 'customer' },
    { title: 'tokens/min' },
    { title: 'remaining' },
    { title: 'throttled' },
    { title: 'verdicts', isFreeText: true },
  ] as const;
  const rows = statuses.map((status) => [
    status.customerId,
    String(status.declared.tokensPerMinute),
    status.observed ? `${status.observed.remainingTokens ?? '?'} at ${status.observed.at}` : 'not yet seen',
    status.throttled ? `since ${status.throttled.since}` : 'no',
    verdictsOf(status, style),
  ]);
  return renderTable(columns, rows, style);
}

function verdictsOf({ verdicts }: LimitStatus, style: TableStyle): string {
  const known = checkNames.flatMap((check) => {
    const status = verdicts[check];
    return status ? [`${check} ${colourVerdict(status.verdict, style)}`] : [];
  });
  return known.length > 0 ? known.join('\n') : 'not yet audited';
}

import type { CustomerUsage, SyntheticUsage } from '../audit/history/customer-usage';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { renderTable, type TableStyle, tableStyleOf } from './table';

export interface UsageOptions {
  readonly config?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
}

/** `usage`: what our audits used of every customer, or of one, by day; and what that costs where prices are configured. */
export async function usageCommand(
  customerId: string | undefined,
  { config, from, to, json }: UsageOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const app = await openCommandApp(config, io, parts);
  const ids = customerId === undefined ? app.config.customers.map(({ id }) => id) : [customerId];
  const span = { ...(from && { from: from.slice(0, 10) }), ...(to && { to: to.slice(0, 10) }) };
  const customers: CustomerUsage[] = [];
  for (const id of ids) {
    if (io.signal.aborted) return exitCodes.interrupted;
    customers.push(await app.usage(id, span));
  }
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, json ? JSON.stringify({ customers }) : renderUsage(customers, style));
  return exitCodes.pass;
}

function renderUsage(customers: readonly CustomerUsage[], style: TableStyle): string {
  if (customers.every(({ days }) => days.length === 0)) return 'Nothing was used by audits.';
  const columns = [
    { title: 'customer' },
    { title: 'day' },
    { title: 'audits' },
    { title: 'probes' },
    { title: 'prompt' },
    { title: 'completion' },
    { title: 'charge' },
    { title: 'tokens by backend', isFreeText: true },
  ] as const;
  const rows = customers.flatMap(({ customerId, days, total }) => [
    ...days.map(({ day, synthetic }) => [customerId, day, ...cellsOf(synthetic)]),
    ...(days.length > 1 ? [[customerId, 'all days', ...cellsOf(total.synthetic)]] : []),
  ]);
  return `Used by our own audits (synthetic traffic):\n${renderTable(columns, rows, style)}`;
}

function cellsOf({ audits, probes, tokens, charge, byBackend }: SyntheticUsage): readonly string[] {
  const backends = Object.entries(byBackend).map(([name, used]) => `${name} ${used.tokens}`);
  return [
    String(audits),
    String(probes.sent),
    String(tokens.prompt),
    String(tokens.completion),
    charge ? `${charge.amount} ${charge.currency}` : 'no price',
    backends.join('\n'),
  ];
}

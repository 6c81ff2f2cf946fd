import type { Integrity } from '../audit/verify-chain';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { renderTable, type TableStyle, tableStyleOf } from './table';

export interface VerifyOptions {
  readonly config?: string;
  readonly json?: true;
}

type VerifiedCustomer = Integrity & { readonly customerId: string };

/** `verify`: whether every stored history, or one, is what was once saved. Exit code 1 where one is not. */
export async function verifyCommand(
  customerId: string | undefined,
  options: VerifyOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const app = await openCommandApp(options.config, io, parts);
  const ids = customerId === undefined ? app.config.customers.map(({ id }) => id) : [customerId];
  const customers: VerifiedCustomer[] = [];
  for (const id of ids) {
    if (io.signal.aborted) return exitCodes.interrupted;
    customers.push({ customerId: id, ...(await app.integrity(id)) });
  }
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, options.json ? JSON.stringify({ customers }) : renderVerified(customers, style));
  return customers.every(({ intact }) => intact) ? exitCodes.pass : exitCodes.fail;
}

function renderVerified(customers: readonly VerifiedCustomer[], style: TableStyle): string {
  const columns = [
    { title: 'customer' },
    { title: 'audits' },
    { title: 'history' },
    { title: 'first broken record, or the hash of the newest', isFreeText: true },
  ] as const;
  const rows = customers.map((one) => [
    one.customerId,
    String(one.audits),
    one.intact ? 'intact' : 'BROKEN',
    one.intact ? (one.head?.hash ?? 'no audits yet') : whatIsBroken(one.firstBroken),
  ]);
  return renderTable(columns, rows, style);
}

function whatIsBroken({ sequence, auditId, because }: Extract<Integrity, { intact: false }>['firstBroken']): string {
  return `number ${sequence}${auditId === null ? '' : `, audit ${auditId}`}: ${because}`;
}

import type { CheckName } from '../audit/declaration';
import type { RejudgedAudit } from '../audit/history/rejudge-history';
import { AuditorError } from '../auditor-error';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { colourVerdict, renderTable, type TableStyle, tableStyleOf } from './table';

export interface RejudgeOptions {
  readonly config?: string;
  readonly check?: CheckName;
  readonly audit?: string;
  readonly store?: true;
  readonly json?: true;
}

/**
 * `rejudge`: stored evidence judged again by today's rules against what was declared then. The history stays as it is;
 * with `--store` each judgement is recorded beside it, once for a version of the rules.
 */
export async function rejudgeCommand(
  customerId: string | undefined,
  { config, check, audit: auditId, store, json }: RejudgeOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  if (auditId !== undefined && customerId === undefined) {
    throw new AuditorError('bad-usage', '--audit needs the customer whose audit it is: gateway-audit rejudge CUSTOMER');
  }
  const app = await openCommandApp(config, io, parts);
  const ids = customerId === undefined ? app.config.customers.map(({ id }) => id) : [customerId];
  const selection = { store: store === true, ...(check && { check }), ...(auditId !== undefined && { auditId }) };
  const rejudged: RejudgedAudit[] = [];
  for (const id of ids) {
    for await (const one of app.rejudge(id, selection)) {
      if (io.signal.aborted) return exitCodes.interrupted;
      rejudged.push(one);
    }
  }
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  const table = () => [...renderChanged(rejudged, style), totalOf(rejudged), ...(store ? [storedOf(rejudged)] : [])];
  printLine(io.stdout, json ? JSON.stringify({ audits: rejudged }) : table().join('\n'));
  return exitCodes.pass;
}

function renderChanged(rejudged: readonly RejudgedAudit[], style: TableStyle): readonly string[] {
  const changed = rejudged.filter(isChanged);
  if (changed.length === 0) return [];
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
  return [renderTable(columns, rows, style)];
}

function isChanged({ changes, before, after }: RejudgedAudit): boolean {
  return changes.length > 0 || before !== after;
}

function totalOf(rejudged: readonly RejudgedAudit[]): string {
  const changed = rejudged.filter(isChanged).length;
  return `${rejudged.length} audits judged again, ${changed} otherwise than then. The history stays as it is.`;
}

function storedOf(rejudged: readonly RejudgedAudit[]): string {
  const records = rejudged.flatMap(({ record }) => record ?? []);
  const added = records.filter(({ isNew }) => isNew).length;
  const undecided = rejudged.length - records.length;
  const left = undecided === 0 ? '' : ` ${undecided} could not be judged again, so nothing was recorded of them.`;
  return `${added} judgements recorded beside it, ${records.length - added} had been recorded before.${left}`;
}

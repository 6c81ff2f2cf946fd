import type { ComparedAudit, ReportDiff, ValueChange } from '../audit/history/diff-reports';
import type { CommandParts } from './command-app';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';
import { colourVerdict, renderTable, type TableStyle, tableStyleOf } from './table';

export interface DiffOptions {
  readonly config?: string;
  readonly against: string;
  readonly json?: true;
}

/** `diff`: what changed between two audits of one check. */
export async function diffCommand(
  { customerId, auditId }: { readonly customerId: string; readonly auditId: string },
  { config, against, json }: DiffOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const app = await openCommandApp(config, io, parts);
  const diff = await app.diff(customerId, { auditId, against });
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  printLine(io.stdout, json ? JSON.stringify(diff) : renderDiff(diff, style));
  return exitCodes.pass;
}

function renderDiff(diff: ReportDiff, style: TableStyle): string {
  const { before, after } = diff;
  const title = `${diff.check} of ${diff.customerId}: ${nameOf(before, style)}, ${nameOf(after, style)}`;
  const findings = diff.findings.map(({ rule, before: old, after: now }) => [
    rule,
    old ? `${colourVerdict(old.verdict, style)}: ${old.observed}` : '–',
    now ? `${colourVerdict(now.verdict, style)}: ${now.observed}` : '–',
  ]);
  const rows = [
    ...findings,
    ...diff.estimate.map((change) => toRow('estimate', change)),
    ...diff.latencyMs.map((change) => toRow('latency ms', change)),
    ...diff.spread.map((change) => toRow('share', change)),
    ...diff.declared.map((change) => toRow('declared', change)),
  ];
  if (rows.length === 0) return `${title}\nNothing else changed.`;
  const columns = [
    { title: 'what' },
    { title: 'before', isFreeText: true },
    { title: 'after', isFreeText: true },
  ] as const;
  return `${title}\n${renderTable(columns, rows, style)}`;
}

function nameOf({ verdict, finishedAt, rulesVersion, rejudgementOf }: ComparedAudit, style: TableStyle): string {
  const again = rejudgementOf === undefined ? '' : ` (judged again by rules ${rulesVersion})`;
  return `${colourVerdict(verdict, style)} at ${finishedAt}${again}`;
}

function toRow(kind: string, { name, before, after }: ValueChange): readonly string[] {
  return [`${kind} ${name}`, textOf(before), textOf(after)];
}

function textOf(value: unknown): string {
  if (value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import Table from 'cli-table3';
import type { BenchRow } from './bench';

/** The rows of a run as one table, a line each with its peer or limit. */
export function renderRows(rows: readonly BenchRow[]): string {
  const table = new Table({ head: [...columns], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...cellsOf(row)]);
  return table.toString();
}

/** The same for docs/performance.md. */
export function renderMarkdown(rows: readonly BenchRow[]): string {
  const lines = [columns, columns.map(() => '---'), ...rows.map(cellsOf)];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const columns = ['bench', 'what', 'value', 'against', 'ratio', 'goal', 'reached'] as const;

function cellsOf(row: BenchRow): readonly string[] {
  return [
    row.bench,
    row.what,
    `${numberText(row.value)} ${row.unit}`.trimEnd(),
    row.against === null ? '' : `${row.against.name}: ${numberText(row.against.value)}`,
    row.ratio === null ? '' : `${numberText(row.ratio)} ×`,
    row.goal ?? '',
    row.reached === null ? '' : row.reached ? 'yes' : 'NO',
  ];
}

/** Three digits that count, and no decimals where there are thousands. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

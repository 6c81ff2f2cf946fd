import Table from 'cli-table3';
import type { BenchRow } from './bench';

/** The rows of a run as one table, a line each with its peer or limit. */
export function renderRows(rows: readonly BenchRow[]): string {
  const table = new Table({
    head: ['bench', 'what', 'value', 'against', 'ratio', 'goal', 'reached'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    table.push([
      row.bench,
      row.what,
      `${numberText(row.value)} ${row.unit}`.trimEnd(),
      row.against === null ? '' : `${row.against.name}: ${numberText(row.against.value)}`,
      row.ratio === null ? '' : `${numberText(row.ratio)} ×`,
      row.goal ?? '',
      row.reached === null ? '' : row.reached ? 'yes' : 'NO',
    ]);
  }
  return table.toString();
}

/** Three digits that count, and no decimals where there are thousands. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

import { stripVTControlCharacters, styleText } from 'node:util';
import Table from 'cli-table3';
import type { Verdict } from '../audit/verdict';

/** How a table may be shown. */
export interface TableStyle {
  /** Columns of the terminal; null: as wide as the text is (a file, a pipe). */
  readonly widthColumns: number | null;
  readonly isColoured: boolean;
}

/** A column. Free text is wrapped and shares the room that the others leave; the others are as wide as their text. */
export interface Column {
  readonly title: string;
  readonly isFreeText?: true;
}

type Row = readonly string[];

const paddingColumns = 2;
const leastFreeTextColumns = 18;

/**
 * A table as text that fits the width. Where there is no room for free text beside the other columns, it goes into
 * lines of its own below them.
 */
export function renderTable(columns: readonly Column[], rows: readonly Row[], style: TableStyle): string {
  const titles = styledHead(columns, style);
  const natural = columns.map(({ title }, index) => widthOf([title, ...rows.map((row) => row[index] ?? '')]));
  const width = style.widthColumns;
  if (width === null || totalWidth(natural) <= width) {
    const isOneLineEach = rows.every((row) => row.every((cell) => !cell.includes('\n')));
    return draw(rows, { head: titles, colWidths: natural, isCompact: isOneLineEach });
  }

  const freeTexts = columns.filter(({ isFreeText }) => isFreeText).length;
  const fixed = natural.filter((_, index) => !columns[index]?.isFreeText);
  const forEach = Math.floor((width - totalWidth(fixed) - freeTexts) / Math.max(1, freeTexts));
  if (freeTexts === 0 || forEach >= leastFreeTextColumns) {
    const colWidths = natural.map((own, index) => (columns[index]?.isFreeText ? forEach : own));
    return draw(rows, { head: titles, colWidths, isCompact: freeTexts === 0 });
  }

  const head = titles.filter((_, index) => !columns[index]?.isFreeText);
  const spare = Math.max(0, width - totalWidth(fixed));
  const colWidths = fixed.map((own, index) => (index === fixed.length - 1 ? own + spare : own));
  return draw(
    rows.flatMap((row) => inTwoLines(columns, row)),
    { head, colWidths, isCompact: false },
  );
}

/** The style for a stream, as it is now. */
export function tableStyleOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  isColoured: boolean,
): TableStyle {
  return { widthColumns: stream.isTTY ? (stream.columns ?? 80) : null, isColoured };
}

/** A verdict in its colour. */
export function colourVerdict(verdict: Verdict, { isColoured }: TableStyle): string {
  const colour = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;
  return isColoured ? styleText(colour[verdict], verdict, { validateStream: false }) : verdict;
}

function styledHead(columns: readonly Column[], { isColoured }: TableStyle): Row {
  return columns.map(({ title }) => (isColoured ? styleText('bold', title, { validateStream: false }) : title));
}

function inTwoLines(columns: readonly Column[], row: Row): readonly (Row | [{ colSpan: number; content: string }])[] {
  const isFreeText = (index: number) => columns[index]?.isFreeText === true;
  const content = columns.flatMap(({ title }, index) =>
    isFreeText(index) && row[index] ? `${title}: ${row[index]}` : [],
  );
  const own = row.filter((_, index) => !isFreeText(index));
  return content.length > 0 ? [own, [{ colSpan: own.length, content: content.join('\n') }]] : [own];
}

function draw(
  rows: readonly (Row | [{ colSpan: number; content: string }])[],
  form: { readonly head: Row; readonly colWidths: readonly number[]; readonly isCompact: boolean },
): string {
  const table = new Table({
    head: [...form.head],
    colWidths: [...form.colWidths],
    style: { head: [], border: [], compact: form.isCompact },
    wordWrap: true,
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

function widthOf(cells: Row): number {
  const lines = cells.flatMap((cell) => stripVTControlCharacters(cell).split('\n'));
  return Math.max(...lines.map((line) => line.length)) + paddingColumns;
}

/** Of a table with these columns, borders included. */
function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 1, 1);
}

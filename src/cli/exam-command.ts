import { type Exam, type ExamRow, runExam } from '../../exam/exam';
import { examMarkdown, outcomeOf } from '../../exam/exam-markdown';
import { zooEntries } from '../../simulator/zoo';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { renderTable, type TableStyle, tableStyleOf } from './table';

export interface ExamOptions {
  readonly json?: true;
  readonly markdown?: true;
}

/** `exam`: every check against the simulator's zoo; 0 only where no verdict is wrong and nothing is missed. */
export async function examCommand(options: ExamOptions, io: CommandIo): Promise<number> {
  const entries = zooEntries();
  const exam = await runExam(entries, tellRows(entries.length, io));
  printLine(io.stdout, render(exam, options, io));
  return exam.falsePasses + exam.falseFails + exam.missed === 0 ? exitCodes.pass : exitCodes.fail;
}

function render(exam: Exam, { json, markdown }: ExamOptions, { stdout, env }: CommandIo): string {
  if (json) return JSON.stringify(exam);
  if (markdown) return examMarkdown(exam, zooEntries());
  return renderExam(exam, tableStyleOf(stdout, isColoured(stdout, env)));
}

/** On a terminal one line that is written over; elsewhere nothing, so that logs stay short. */
function tellRows(total: number, { stderr }: CommandIo): (row: ExamRow) => void {
  if (!stderr.isTTY) return () => {};
  let done = 0;
  return ({ name }) => {
    done += 1;
    stderr.write(done === total ? '\r\u001b[2K' : `\r\u001b[2K${done} of ${total} gateways: ${name}`);
  };
}

function renderExam({ rows, falsePasses, falseFails, missed, wallSeconds }: Exam, style: TableStyle): string {
  const columns = [
    { title: 'gateway' },
    { title: 'truth', isFreeText: true },
    { title: 'must find it', isFreeText: true },
    { title: 'verdict', isFreeText: true },
    { title: 'pass/fail/open' },
    { title: 'tokens ÷ L' },
    { title: 's' },
  ] as const;
  const cells = rows.map((row) => [
    row.name,
    row.truth,
    row.mustFail.join('\n') || '–',
    outcomeOf(row).join('\n'),
    `${row.findings.pass}/${row.findings.fail}/${row.findings.inconclusive}`,
    row.limitsSpent.toFixed(2),
    String(row.seconds),
  ]);
  const totals = `${rows.length} gateways: ${falsePasses} false pass, ${falseFails} false fail, ${missed} missed. It took ${wallSeconds} s.`;
  return `${renderTable(columns, cells, style)}\n${totals}`;
}

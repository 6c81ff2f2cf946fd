import { type Exam, type ExamRow, runExam } from '../../exam/exam';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { renderTable, type TableStyle, tableStyleOf } from './table';

export interface ExamOptions {
  readonly json?: true;
}

/** `exam`: every check against the simulator's zoo; 0 only where no verdict is wrong and nothing is missed. */
export async function examCommand({ json }: ExamOptions, io: CommandIo): Promise<number> {
  const exam = await runExam();
  printLine(
    io.stdout,
    json ? JSON.stringify(exam) : renderExam(exam, tableStyleOf(io.stdout, isColoured(io.stdout, io.env))),
  );
  return exam.falsePasses + exam.falseFails + exam.missed === 0 ? exitCodes.pass : exitCodes.fail;
}

function renderExam({ rows, falsePasses, falseFails, missed }: Exam, style: TableStyle): string {
  const columns = [
    { title: 'gateway' },
    { title: 'truth', isFreeText: true },
    { title: 'must find it', isFreeText: true },
    { title: 'verdict', isFreeText: true },
    { title: 'tokens ÷ L' },
    { title: 's' },
  ] as const;
  const cells = rows.map((row) => [
    row.name,
    row.truth,
    row.mustFail.join('\n') || '–',
    verdictOf(row),
    row.limitsSpent.toFixed(2),
    String(row.seconds),
  ]);
  const totals = `${rows.length} gateways: ${falsePasses} false pass, ${falseFails} false fail, ${missed} missed.`;
  return `${renderTable(columns, cells, style)}\n${totals}`;
}

function verdictOf({ mustFail, falsePasses, falseFails, missed }: ExamRow): string {
  const wrong = [
    ...falsePasses.map((rule) => `false pass: ${rule}`),
    ...falseFails.map((rule) => `false fail: ${rule}`),
    ...missed.map((rule) => `missed: ${rule}`),
  ];
  if (wrong.length > 0) return wrong.join('\n');
  return mustFail.length > 0 ? 'found' : 'no blame';
}

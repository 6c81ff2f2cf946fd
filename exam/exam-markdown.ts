import type { ZooEntry } from '../simulator/zoo';
import type { Exam, ExamRow } from './exam';

/** The exam as two tables of Markdown: what came of it, and what each gateway is modelled on. */
export function examMarkdown({ rows, ...totals }: Exam, entries: readonly ZooEntry[]): string {
  const { falsePasses, falseFails, missed, wallSeconds } = totals;
  return [
    `${rows.length} gateways: ${falsePasses} false pass, ${falseFails} false fail, ${missed} missed. It took ${wallSeconds} s.`,
    '',
    ...table(
      ['gateway', 'truth', 'must fail', 'verdict', 'pass / fail / open', 'tokens ÷ L', 's'],
      rows.map(examCells),
    ),
    '',
    '## What each is modelled on',
    '',
    'Those that name a public thread were reported there; the others are ways in which such gateways are known to be set up.',
    '',
    ...table(['gateway', 'modelled on'], modelCells(entries)),
  ].join('\n');
}

/** What is wrong with the exam's verdicts on a gateway, one a line; else whether there was something to be found. */
export function outcomeOf({ mustFail, falsePasses, falseFails, missed }: ExamRow): readonly string[] {
  const wrong = [
    ...falsePasses.map((rule) => `false pass: ${rule}`),
    ...falseFails.map((rule) => `false fail: ${rule}`),
    ...missed.map((rule) => `missed: ${rule}`),
  ];
  if (wrong.length > 0) return wrong;
  return mustFail.length > 0 ? ['found'] : ['no blame'];
}

function examCells(row: ExamRow): readonly string[] {
  const { name, truth, mustFail, findings, limitsSpent, seconds } = row;
  return [
    name,
    truth,
    mustFail.join(', ') || '–',
    outcomeOf(row).join(', '),
    `${findings.pass} / ${findings.fail} / ${findings.inconclusive}`,
    limitsSpent.toFixed(2),
    String(seconds),
  ];
}

function modelCells(entries: readonly ZooEntry[]): readonly (readonly string[])[] {
  const models = [...new Set(entries.map(({ modelledOn }) => modelledOn))];
  return models.map((model) => {
    const own = entries.filter(({ modelledOn }) => modelledOn === model);
    return [own.map(({ name }) => name).join(', '), model];
  });
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

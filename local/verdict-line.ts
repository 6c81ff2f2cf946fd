import { styleText } from 'node:util';
import type { Report } from '../src/audit/report';
import type { Verdict } from '../src/audit/verdict';

type Judged = Pick<Report, 'customerId' | 'check' | 'verdict' | 'findings' | 'stoppedBecause'>;

/** One line: customer, check, verdict, and what the worst finding says. */
export function verdictLine(report: Judged, style: 'coloured' | 'plain'): string {
  const names = `${report.customerId.padEnd(12)} ${report.check.padEnd(17)}`;
  const verdict = report.verdict.padEnd(12);
  return `${names} ${style === 'coloured' ? styleText(colourOf(report.verdict), verdict, { validateStream: false }) : verdict} ${sentenceOf(report)}`;
}

function sentenceOf({ verdict, findings, stoppedBecause }: Judged): string {
  const worst = findings.find((finding) => finding.verdict === verdict);
  if (!worst) return stoppedBecause;
  if (verdict === 'pass') return findings.map(({ rule }) => rule).join(', ');
  return `${worst.rule}: ${worst.because}`;
}

function colourOf(verdict: Verdict): 'green' | 'red' | 'yellow' {
  switch (verdict) {
    case 'pass':
      return 'green';
    case 'fail':
      return 'red';
    case 'inconclusive':
      return 'yellow';
    default:
      return verdict satisfies never;
  }
}

import type { ReportDraft } from '../../src/audit/report';

/** A load-balance audit in which a member failed and another took over. */
export function poolAudit(overrides: Partial<ReportDraft>): Partial<ReportDraft> {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 5, 12, 30, seconds)).toISOString();
  const share = (expected: number, observed: number, answers: number) => ({
    expected,
    observed,
    low: observed - 0.06,
    high: observed + 0.06,
    answers,
  });
  return {
    check: 'load-balance',
    verdict: 'pass',
    findings: [
      {
        rule: 'spread',
        verdict: 'pass',
        expected: 'Sweden Central 50 %, France Central 30 %, West Europe 20 %, ± 10 points',
        observed: 'Sweden Central 52 %, France Central 29 %, West Europe 19 %',
        because: 'Each share lies within its weight and the tolerance.',
      },
    ],
    estimate: {
      shares: {
        'Sweden Central': share(0.5, 0.52, 130),
        'France Central': share(0.3, 0.29, 72),
        'West Europe': share(0.2, 0.19, 48),
      },
      timeline: [
        { from: at(0), to: at(14), backend: 'Sweden Central', status: 200, probes: 60 },
        { from: at(14), to: at(16), backend: 'Sweden Central', status: 503, probes: 4 },
        { from: at(16), to: at(44), backend: 'France Central', status: 200, probes: 92 },
        { from: at(44), to: at(58), backend: 'Sweden Central', status: 200, probes: 70 },
      ],
    },
    ...overrides,
  };
}

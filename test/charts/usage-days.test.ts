import { usageDays } from '../../src/charts/usage-days';

const synthetic = {
  audits: 2,
  probes: { sent: 3, answered: 3, refused: 0, failed: 0 },
  tokens: { prompt: 40, completion: 10, total: 50 },
};

test('tokens stand under the backend that answered; what no backend was named for stands apart', () => {
  const byBackend = { 'Sweden Central': { probes: 2, tokens: 42 } };
  expect(
    usageDays({
      days: [
        { day: '2026-01-05', synthetic: { ...synthetic, byBackend } },
        { day: '2026-01-06', synthetic: { ...synthetic, tokens: { prompt: 40, completion: 2, total: 42 }, byBackend } },
      ],
    }),
  ).toEqual([
    { day: '2026-01-05', tokensByBackend: { 'Sweden Central': 42, '(no backend named)': 8 } },
    { day: '2026-01-06', tokensByBackend: { 'Sweden Central': 42 } },
  ]);
});

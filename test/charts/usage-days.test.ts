import { customersDays, usageDays } from '../../src/charts/usage-days';

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

test('of several customers each day stands once, in order, with those that used something', () => {
  const usage = (customerId: string, days: readonly string[]) => ({
    customerId,
    days: days.map((day) => ({ day, synthetic: { ...synthetic, byBackend: {} } })),
  });
  expect(customersDays([usage('contoso', ['2026-01-06']), usage('northwind', ['2026-01-05', '2026-01-06'])])).toEqual([
    { day: '2026-01-05', tokensByCustomer: { northwind: 50 } },
    { day: '2026-01-06', tokensByCustomer: { contoso: 50, northwind: 50 } },
  ]);
});

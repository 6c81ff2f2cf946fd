import { usageOfDays } from '../../../src/audit/history/customer-usage';
import type { DayRollUp } from '../../../src/audit/history/day-roll-up';

const monday: DayRollUp = {
  day: '2026-11-23',
  audits: 2,
  probes: { sent: 10, answered: 8, refused: 1, failed: 1 },
  tokens: { prompt: 300, completion: 100, total: 400 },
  verdicts: {},
  latencyBuckets: {},
  byBackend: { sweden: { probes: 5, tokens: 250 }, france: { probes: 3, tokens: 150 } },
};
const tuesday: DayRollUp = {
  ...monday,
  day: '2026-11-24',
  tokens: { prompt: 30, completion: 10, total: 40 },
  byBackend: { sweden: { probes: 8, tokens: 40 } },
};
const price = { promptPer1k: 0.0025, completionPer1k: 0.01, currency: 'EUR' };
const { audits, probes } = monday;

test('days are shown one by one and added up, as usage of our audits and with what they cost', () => {
  expect(usageOfDays('contoso', [monday, tuesday], price)).toEqual({
    customerId: 'contoso',
    days: [
      {
        day: '2026-11-23',
        synthetic: {
          audits,
          probes,
          tokens: monday.tokens,
          byBackend: monday.byBackend,
          charge: { amount: 0.00175, currency: 'EUR' },
        },
      },
      {
        day: '2026-11-24',
        synthetic: {
          audits,
          probes,
          tokens: tuesday.tokens,
          byBackend: tuesday.byBackend,
          charge: { amount: 0.000175, currency: 'EUR' },
        },
      },
    ],
    total: {
      synthetic: {
        audits: 4,
        probes: { sent: 20, answered: 16, refused: 2, failed: 2 },
        tokens: { prompt: 330, completion: 110, total: 440 },
        byBackend: { sweden: { probes: 13, tokens: 290 }, france: { probes: 3, tokens: 150 } },
        charge: { amount: 0.001925, currency: 'EUR' },
      },
    },
  });
});

test('without a price there is no charge, and without audits nothing was used', () => {
  const none = { prompt: 0, completion: 0, total: 0 };
  expect(usageOfDays('contoso', [], null)).toEqual({
    customerId: 'contoso',
    days: [],
    total: {
      synthetic: { audits: 0, probes: { sent: 0, answered: 0, refused: 0, failed: 0 }, tokens: none, byBackend: {} },
    },
  });
});

import { usageOfDays } from '../../src/audit/history/customer-usage';
import type { DayRollUp } from '../../src/audit/history/day-roll-up';
import { anAppWith, outputOf } from './command-output';

const day: DayRollUp = {
  day: '2026-11-23',
  audits: 2,
  probes: { sent: 10, answered: 8, refused: 1, failed: 1 },
  tokens: { prompt: 300, completion: 100, total: 400 },
  verdicts: {},
  latencyBuckets: {},
  byBackend: { sweden: { probes: 8, tokens: 400 } },
};
const price = { promptPer1k: 1, completionPer1k: 2, currency: 'EUR' };

const asked: unknown[] = [];
const app = anAppWith({
  usage: async (customerId, span) => {
    asked.push([customerId, span]);
    return usageOfDays(customerId, [day], price);
  },
});

test('shows each day of every customer as used by our own audits, with what it costs', async () => {
  const { stdout, exitCode } = await outputOf(['usage'], { app });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Used by our own audits (synthetic traffic):');
  expect(
    stdout
      .split('\n')
      .find((line) => line.includes('contoso'))
      ?.split('│')
      .map((cell) => cell.trim()),
  ).toEqual(['', 'contoso', '2026-11-23', '2', '10', '300', '100', '0.5 EUR', 'sweden 400', '']);
});

test('asks for the days that it is told, and prints JSON', async () => {
  asked.length = 0;
  const { stdout } = await outputOf(['usage', 'contoso', '--from', '2026-11-01', '--json'], { app });
  expect(asked).toEqual([['contoso', { from: '2026-11-01' }]]);
  expect(JSON.parse(stdout)).toEqual({ customers: [usageOfDays('contoso', [day], price)] });
});

import { createQuota, type QuotaPeriod, quotaPeriodEnd } from '../../../simulator/quota';
import { describeWait } from '../../../simulator/refusal-text';
import { tokenQuota } from '../../../src/audit/checks/token-quota';
import type { TokenQuota } from '../../../src/audit/declaration';
import { runAudit } from '../../../src/audit/running/run-audit';
import { messageWaitOf } from '../../../src/probe/message-wait';
import { fakeGateway } from '../../fake-gateway';
import { virtualClock } from '../../virtual-clock';
import { aDeclaration } from '../a-declaration';
import { anOrder } from '../a-report-draft';

const noon = Date.UTC(2026, 0, 7, 12, 3, 7);

interface Case {
  readonly quota?: TokenQuota;
  readonly exhaustQuota?: boolean;
  readonly maxTokensPerDay?: number;
  readonly startMs?: number;
  /** Enforced = declared × factor. */
  readonly factor?: number;
  readonly usedBefore?: number;
  /** Added to the true countdown; null: none is named. */
  readonly offSeconds?: number | null;
  readonly tokensPerMinute?: number;
}

/** A gateway with the simulator's own quota, audited on virtual time. */
async function audit(given: Case) {
  const startMs = given.startMs ?? noon;
  const quota = given.quota ?? { tokens: 5_000, period: 'Daily' };
  const clock = virtualClock(startMs);
  const enforced = createQuota(quota.tokens * (given.factor ?? 1), quota.period as QuotaPeriod);
  enforced.charge(startMs, given.usedBefore ?? 0);
  const gateway = fakeGateway(clock, ({ request }) => {
    const decision = enforced.decide(clock.nowMs());
    if (decision.admitted) {
      const total = request.promptTokens + request.maxCompletionTokens;
      enforced.charge(clock.nowMs(), total);
      const usage = { prompt: request.promptTokens, completion: request.maxCompletionTokens, total };
      return { usage, status: 200, remainingQuotaTokens: enforced.remaining(clock.nowMs()) };
    }
    const off = given.offSeconds === undefined ? 0 : given.offSeconds;
    const seconds = off === null ? null : decision.retryAfterSeconds + off;
    const told = seconds === null ? 'later' : describeWait(seconds);
    return {
      status: 403,
      refusedBy: 'gateway-quota',
      retryAfterMs: seconds === null ? null : seconds * 1000,
      messageWait: messageWaitOf(`Token quota is exceeded. Try again in ${told}.`),
    };
  });
  const plain = aDeclaration({
    tokensPerMinute: given.tokensPerMinute ?? 10_000,
    tokenQuota: quota,
    dedicated: true,
    maxTokensPerDay: given.maxTokensPerDay ?? 20_000,
  });
  const declared = { ...plain, settings: { ...plain.settings, exhaustQuota: given.exhaustQuota ?? true } };
  const { draft, evidence } = await runAudit(
    {
      order: anOrder({ check: 'token-quota' }),
      check: tokenQuota,
      declared,
      priorCharges: [],
      ledgerSinceMs: 0,
      bounds: { tokens: 100_000, probes: 10_000, endsAtMs: startMs + 86_400_000 },
    },
    { sendProbe: gateway.sendProbe, clock },
  );
  const verdicts = Object.fromEntries(draft.findings.map(({ rule, verdict }) => [rule, verdict]));
  return { draft, evidence, verdicts };
}

const kept = { 'quota-enforced': 'pass', 'quota-countdown': 'pass' };

test.each<[string, Case, object]>([
  ['a daily quota that is kept', {}, kept],
  ['an hourly quota that is kept', { quota: { tokens: 3_000, period: 'Hourly' } }, kept],
  ['a weekly quota that is kept', { quota: { tokens: 3_000, period: 'Weekly' } }, kept],
  ['a monthly quota that is kept', { quota: { tokens: 3_000, period: 'Monthly' } }, kept],
  ['a yearly quota that is kept', { quota: { tokens: 3_000, period: 'Yearly' } }, kept],
  ['a quota as large as four minutes of the limit', { tokensPerMinute: 1_250 }, kept],
  ['twice the quota', { factor: 2 }, { 'quota-enforced': 'fail' }],
  ['half of the quota', { factor: 0.5 }, { 'quota-enforced': 'inconclusive', 'quota-countdown': 'pass' }],
  [
    'a quota half used by others',
    { usedBefore: 2_500 },
    { 'quota-enforced': 'inconclusive', 'quota-countdown': 'pass' },
  ],
  ['a quota that was used up before', { usedBefore: 5_000 }, { 'quota-countdown': 'pass' }],
  ['a countdown two hours too long', { offSeconds: 7_200 }, { 'quota-enforced': 'pass', 'quota-countdown': 'fail' }],
  ['a countdown that ends too early', { offSeconds: -3_600 }, { 'quota-enforced': 'pass', 'quota-countdown': 'fail' }],
  [
    'a week that ends at another midnight',
    { quota: { tokens: 3_000, period: 'Weekly' }, offSeconds: -2 * 86_400 },
    kept,
  ],
  [
    'a week that ends at no midnight',
    { quota: { tokens: 3_000, period: 'Weekly' }, offSeconds: -7 * 3_600 },
    { 'quota-enforced': 'pass', 'quota-countdown': 'fail' },
  ],
  ['no countdown', { offSeconds: null }, { 'quota-enforced': 'pass', 'quota-countdown': 'inconclusive' }],
  [
    'a day that ends while the quota is spent',
    { startMs: Date.UTC(2026, 0, 7, 23, 59, 57), tokensPerMinute: 2_000 },
    { 'quota-enforced': 'inconclusive' },
  ],
  ['a quota that is not to be used up', { exhaustQuota: false }, {}],
  ['a quota beyond the budget', { maxTokensPerDay: 4_000 }, {}],
])('judges %s', async (_, given, verdicts) => {
  expect((await audit(given)).verdicts).toEqual(verdicts);
});

test('tells what is left and when the period ends where the quota is not to be used up', async () => {
  const { draft } = await audit({ exhaustQuota: false });
  expect(draft.verdict).toBe('inconclusive');
  expect(draft.stoppedBecause).toBe('the quota is not to be used up (checkSettings.token-quota.exhaustQuota)');
  expect(draft.estimate).toEqual({
    quota: { remainingTokens: 4_989, periodEndsAt: '2026-01-08T00:00:00.000Z', spentTokens: 11 },
  });
});

test('stays below the limit of a minute all the while', async () => {
  const { evidence } = await audit({ tokensPerMinute: 1_250 });
  const mostInMinute = evidence.exchanges.map(({ receivedMs }) =>
    evidence.exchanges
      .filter((other) => other.receivedMs <= receivedMs && other.receivedMs > receivedMs - 60_000)
      .reduce((total, { usage }) => total + (usage?.total ?? 0), 0),
  );
  expect(Math.max(...mostInMinute)).toBeLessThan(1_250);
});

test('begins an hourly quota in the next hour where this one is nearly over', async () => {
  const startMs = Date.UTC(2026, 0, 7, 12, 59, 0);
  const { evidence, verdicts } = await audit({ quota: { tokens: 5_000, period: 'Hourly' }, startMs });
  expect(verdicts).toEqual(kept);
  expect(evidence.exchanges[0]?.sentMs).toBe(quotaPeriodEnd(startMs, 'Hourly') + 10_000);
});

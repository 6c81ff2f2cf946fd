import type { CustomerDeclaration, GatewayDeclaration } from '../../../src/audit/declaration';
import type { Report } from '../../../src/audit/report';
import { runAudits } from '../../../src/audit/running/run-audits';
import { AuditorError } from '../../../src/auditor-error';
import { virtualClock } from '../../virtual-clock';
import { aCheck } from '../a-check';
import { aDeclaration } from '../a-declaration';
import { anOrder, aReportDraft } from '../a-report-draft';

const checks = {
  'limit-status': aCheck(),
  access: aCheck({ name: 'access' }),
  'token-limit': aCheck({ name: 'token-limit', saturates: true }),
};

type Wanted = readonly [customerId: string, check: keyof typeof checks];

interface Setting {
  readonly parallel?: number;
  readonly counters?: Readonly<Record<string, string>>;
  readonly gateways?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly failing?: string;
}

/** Runs audits of ten seconds each and tells when each began: `customer check` to seconds. */
async function timesOf(wanted: readonly Wanted[], setting: Setting = {}) {
  const clock = virtualClock(0);
  const began: Record<string, number> = {};
  const { parallel = 10, counters = {}, gateways = {}, signal, failing } = setting;
  const outcome = await runAudits(
    wanted.map(([customerId, check], index) => anOrder({ auditId: String(index), customerId, check })),
    {
      checks,
      parallel,
      ...(signal && { signal }),
      declarationOf: (id) => {
        const customer: Partial<CustomerDeclaration> = { id, counter: counters[id] ?? id };
        const gateway: Partial<GatewayDeclaration> = { id: gateways[id] ?? id };
        return aDeclaration(customer, gateway);
      },
      runOne: async (order) => {
        began[`${order.customerId} ${order.check}`] = clock.nowMs() / 1000;
        await clock.sleepUntil(clock.nowMs() + 10_000);
        if (order.customerId === failing) throw new AuditorError('storage-unavailable', 'It is down.');
        const report: Report = { ...aReportDraft(), ...order, sequence: 1, previousHash: '', hash: '' };
        return { report, fault: null };
      },
    },
  );
  return { began, ...outcome };
}

test('customers run side by side, the checks of one in turn, what uses up its limit last', async () => {
  const { began, reports } = await timesOf([
    ['a', 'token-limit'],
    ['a', 'access'],
    ['b', 'limit-status'],
    ['a', 'limit-status'],
  ]);
  expect(began).toEqual({ 'a limit-status': 0, 'b limit-status': 0, 'a access': 10, 'a token-limit': 20 });
  expect(reports).toHaveLength(4);
});

test('no more run at once than were asked for', async () => {
  const { began } = await timesOf(
    [
      ['a', 'access'],
      ['b', 'access'],
      ['c', 'access'],
    ],
    { parallel: 2 },
  );
  expect(began).toEqual({ 'a access': 0, 'b access': 0, 'c access': 10 });
});

test('customers who share a counter never run at the same time', async () => {
  const { began } = await timesOf(
    [
      ['a', 'access'],
      ['b', 'access'],
      ['c', 'access'],
    ],
    { counters: { a: 's', b: 's' } },
  );
  expect(began).toEqual({ 'a access': 0, 'b access': 10, 'c access': 0 });
});

test('two audits that use up limits never run on one gateway, and hold up nothing else', async () => {
  const { began } = await timesOf(
    [
      ['a', 'token-limit'],
      ['b', 'token-limit'],
      ['c', 'token-limit'],
      ['d', 'access'],
    ],
    { gateways: { a: 'g', b: 'g', c: 'h', d: 'g' }, parallel: 3 },
  );
  expect(began).toEqual({ 'a token-limit': 0, 'b token-limit': 10, 'c token-limit': 0, 'd access': 0 });
});

test('after trouble of ours nothing new begins, and what was under way is answered', async () => {
  const { began, reports, faults } = await timesOf(
    [
      ['a', 'access'],
      ['b', 'access'],
      ['c', 'access'],
    ],
    {
      parallel: 2,
      failing: 'a',
    },
  );
  expect(began).toEqual({ 'a access': 0, 'b access': 0 });
  expect(reports.map(({ customerId }) => customerId)).toEqual(['b']);
  expect(faults).toEqual([new AuditorError('storage-unavailable', 'It is down.')]);
});

test('after an abort nothing new begins', async () => {
  const { began } = await timesOf([['a', 'access']], { signal: AbortSignal.abort() });
  expect(began).toEqual({});
});

test('a check that is not there is refused before anything begins', async () => {
  const began: string[] = [];
  const running = runAudits([anOrder({ auditId: '1' }), anOrder({ auditId: '2', check: 'usage' })], {
    checks,
    parallel: 1,
    declarationOf: () => aDeclaration(),
    runOne: async ({ auditId }) => {
      began.push(auditId);
      throw new Error('never');
    },
  });
  await expect(running).rejects.toMatchObject({ code: 'bad-usage' });
  expect(began).toEqual([]);
});

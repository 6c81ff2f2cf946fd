import { randomUUID } from 'node:crypto';
import type { CheckName } from '../../../src/audit/declaration';
import type { HistoryFilter, Pointer, Storage } from '../../../src/audit/ports';
import type { Report } from '../../../src/audit/report';
import type { Verdict } from '../../../src/audit/verdict';
import { anOrder, aReportDraft, someEvidence } from '../../audit/a-report-draft';
import { azuriteStorage } from './azurite-storage';

const minuteMs = 60_000;
const firstMs = Date.parse('2026-11-22T10:00:00.000Z');
let storage: Storage;
/** Nine audits of the customer `listed`, a minute apart, oldest first. */
const listed: Report[] = [];

beforeAll(async () => {
  ({ storage } = await azuriteStorage());
  const checks: CheckName[] = ['limit-status', 'access', 'token-limit'];
  const verdicts: Verdict[] = ['pass', 'pass', 'pass', 'fail', 'fail', 'inconclusive'];
  for (let at = 0; at < 9; at++) {
    const check = checks[at % 3] ?? 'access';
    listed.push(await stored('listed', { check, verdict: verdicts[at % 6] ?? 'pass' }, firstMs + at * minuteMs));
  }
});

describe('the way of a pointer', () => {
  const order = anOrder({ customerId: 'pointed', auditId: randomUUID(), check: 'token-limit', trigger: 'http' });
  const queued: Pointer = { order, state: 'queued', attempt: 0, sinceMs: firstMs };

  test('queued once, taken by each attempt, done once', async () => {
    const { history } = storage;
    expect(await history.readPointer('pointed', order.auditId)).toBeNull();
    expect(await history.insertPointer(order, firstMs)).toBe(true);
    expect(await history.insertPointer(order, firstMs + 1)).toBe(false);
    expect(await history.readPointer('pointed', order.auditId)).toEqual(queued);
    expect(await history.beginAttempt('pointed', order.auditId, firstMs + 2)).toEqual({
      ...queued,
      state: 'running',
      attempt: 1,
      sinceMs: firstMs + 2,
    });
    expect(await history.readReport('pointed', order.auditId)).toBeNull();
    const second = await history.beginAttempt('pointed', order.auditId, firstMs + 3);
    const broken = [{ attempt: 1, sinceMs: firstMs + 2 }];
    expect(second).toEqual({
      ...queued,
      state: 'running',
      attempt: 2,
      sinceMs: firstMs + 3,
      brokenAttempts: 1,
      broken,
    });
    expect(await history.readPointer('pointed', order.auditId)).toEqual(second);
    await history.commit(aReportDraft(order), someEvidence(), { attempt: 2, nowMs: firstMs + 4 });
    expect(await history.beginAttempt('pointed', order.auditId, firstMs + 5)).toBeNull();
  });

  test('attempts that begin at once get numbers of their own', async () => {
    const auditId = randomUUID();
    await storage.history.insertPointer(anOrder({ customerId: 'raced', auditId }), firstMs);
    const begun = await Promise.all(
      Array.from({ length: 10 }, () => storage.history.beginAttempt('raced', auditId, firstMs)),
    );
    expect(begun.map((pointer) => pointer?.attempt ?? 0).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });

  test('an audit that nobody queued cannot be begun', async () => {
    await expect(storage.history.beginAttempt('pointed', randomUUID(), firstMs)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the list of audits', () => {
  test.each<[string, Omit<HistoryFilter, 'top'>, number[]]>([
    ['all of them, newest first', {}, [8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['one check', { check: 'access' }, [7, 4, 1]],
    ['one verdict', { verdict: 'fail' }, [4, 3]],
    ['a check with a verdict', { check: 'token-limit', verdict: 'inconclusive' }, [5]],
    ['a check that nobody asked for', { check: 'token-quota' }, []],
    ['from a time, inclusive', { from: '2026-11-22T10:06:00Z' }, [8, 7, 6]],
    ['from just after a time', { from: '2026-11-22T10:06:00.001Z' }, [8, 7]],
    ['to a time, inclusive', { to: '2026-11-22T10:02:00Z' }, [2, 1, 0]],
    ['to just before a time', { to: '2026-11-22T10:01:59.999Z' }, [1, 0]],
    ['a span, by another offset', { from: '2026-11-22T12:03:00+02:00', to: '2026-11-22T12:04:00+02:00' }, [4, 3]],
    ['a span without audits', { from: '2026-11-23T00:00:00Z', to: '2026-11-24T00:00:00Z' }, []],
    ['a span before all time', { to: '1969-01-01T00:00:00Z' }, []],
    ['a span after all time', { from: '9999-01-01T00:00:00Z' }, []],
  ])('%s', async (_, filter, expected) => {
    const page = await storage.history.list('listed', { top: 50, ...filter });
    expect(page).toEqual({ audits: expected.map((at) => listed[at]), continuationToken: null });
  });

  test.each<[number, Omit<HistoryFilter, 'top'>]>([
    [1, {}],
    [2, { verdict: 'pass' }],
    [4, { from: '2026-11-22T10:01:00Z' }],
  ])('pages of %i say the same as one', async (top, filter) => {
    const whole = (await storage.history.list('listed', { top: 1000, ...filter })).audits;
    const paged: Report[] = [];
    let continuationToken: string | null | undefined;
    do {
      const page = await storage.history.list('listed', {
        ...filter,
        top,
        ...(typeof continuationToken === 'string' && { continuationToken }),
      });
      expect(page.audits.length).toBeLessThanOrEqual(top);
      paged.push(...page.audits);
      ({ continuationToken } = page);
    } while (continuationToken !== null);
    expect(paged).toEqual(whole);
  });

  test('an audit that ends between two pages moves nothing', async () => {
    const older = await stored('growing', {}, firstMs);
    const newer = await stored('growing', {}, firstMs + minuteMs);
    const first = await storage.history.list('growing', { top: 1 });
    await stored('growing', {}, firstMs + 2 * minuteMs);
    const second = await storage.history.list('growing', { top: 5, continuationToken: first.continuationToken ?? '' });
    expect([first.audits, second.audits]).toEqual([[newer], [older]]);
  });

  test('a customer whose id begins like another one has a history of its own', async () => {
    const own = await stored('liste', {}, firstMs);
    expect((await storage.history.list('liste', { top: 50 })).audits).toEqual([own]);
  });

  test('a continuation token is refused with another customer, another filter, or edited', async () => {
    const { continuationToken } = await storage.history.list('listed', { top: 2, check: 'access' });
    const token = continuationToken ?? '';
    const [tableToken, binding] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [string, string];
    const edited = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const elsewhere = Buffer.from('{"nextPartitionKey":"other","nextRowKey":"r-"}').toString('base64');
    const tries: [string, HistoryFilter][] = [
      ['contoso', { top: 2, check: 'access', continuationToken: token }],
      ['listed', { top: 2, continuationToken: token }],
      ['listed', { top: 2, check: 'access', from: '2026-11-22T10:00:00Z', continuationToken: token }],
      ['listed', { top: 2, check: 'access', continuationToken: edited([elsewhere, binding]) }],
      ['listed', { top: 2, check: 'access', continuationToken: edited([tableToken]) }],
      ['listed', { top: 2, check: 'access', continuationToken: edited({ tableToken }) }],
      ['listed', { top: 2, check: 'access', continuationToken: 'no token at all' }],
      ['listed', { top: 2, check: 'access', continuationToken: '' }],
    ];
    for (const [customerId, filter] of tries) {
      await expect(storage.history.list(customerId, filter)).rejects.toMatchObject({
        code: 'bad-request',
        message: expect.stringContaining(`of customer ${customerId}: the continuationToken`),
      });
    }
    expect(
      (await storage.history.list('listed', { top: 2, check: 'access', continuationToken: token })).audits,
    ).toEqual([listed[1]]);
  });

  test.each<[string, string, Partial<HistoryFilter>]>([
    ['no time', 'from is no ISO 8601 time', { from: 'yesterday' }],
    ['nothing to show', 'top is a whole number from 1 to 1000', { top: 0 }],
    ['too much to show', 'top is a whole number from 1 to 1000', { top: 1001 }],
  ])('refuses %s', async (_, message, filter) => {
    await expect(storage.history.list('listed', { top: 50, ...filter })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(message),
    });
  });

  test.each(['', "x' or PartitionKey ne 'y", 'a/b', 'ü', 'x'.repeat(64)])('refuses the customer id %j', async (id) => {
    await expect(storage.history.list(id, { top: 50 })).rejects.toMatchObject({ code: 'bad-request' });
  });
});

test('a customer without history has no head, no pointer and no reports', async () => {
  expect(await storage.history.readHead('nobody')).toBeNull();
  expect(await storage.history.readReport('nobody', randomUUID())).toBeNull();
  expect(await storage.history.list('nobody', { top: 50 })).toEqual({ audits: [], continuationToken: null });
});

async function stored(customerId: string, draft: { check?: CheckName; verdict?: Verdict }, nowMs: number) {
  const own = aReportDraft({ ...draft, customerId, auditId: randomUUID() });
  await storage.history.insertPointer(anOrder({ customerId, auditId: own.auditId, check: own.check }), nowMs);
  await storage.history.beginAttempt(customerId, own.auditId, nowMs);
  return storage.history.commit(own, someEvidence(), { attempt: 1, nowMs });
}

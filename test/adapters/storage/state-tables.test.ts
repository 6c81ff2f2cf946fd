import { TableClient } from '@azure/data-tables';
import { encodeKey } from '../../../src/adapters/storage/lease-table';
import type { LimitStatus, OpenAudit, Storage } from '../../../src/audit/ports';
import { type AzuriteStorage, azuriteStorage } from './azurite-storage';

let own: AzuriteStorage;
let storage: Storage;

beforeAll(async () => {
  own = await azuriteStorage();
  ({ storage } = own);
});

describe('the table of limit statuses', () => {
  const status: LimitStatus = {
    customerId: 'contoso',
    gatewayId: 'main',
    declared: { tokensPerMinute: 1000, tokenQuota: { tokens: 9, period: 'Daily' } },
    observed: { remainingTokens: null, consumedTokens: 12, at: '2026-11-22T10:00:00.000Z' },
    throttled: null,
    verdicts: {
      access: { verdict: 'pass', auditId: 'a', sequence: 7, finishedAt: '2026-11-22T10:00:00.000Z' },
    },
    head: { sequence: 7, hash: 'h' },
    spent: { day: '2026-11-22', tokens: 0 },
  };

  test('keeps what was written, and knows nothing of others', async () => {
    expect(await storage.limits.read('contoso')).toBeNull();
    const written = await storage.limits.update('contoso', (current) => {
      expect(current).toBeNull();
      return status;
    });
    expect(written).toEqual(status);
    expect(await storage.limits.read('contoso')).toEqual(status);
    expect(await storage.limits.read('contoso2')).toBeNull();
  });

  test('no change of several writers is lost', async () => {
    await storage.limits.update('raced', () => ({ ...status, customerId: 'raced' }));
    await Promise.all(
      Array.from({ length: 15 }, () =>
        storage.limits.update('raced', (current) => {
          const { spent } = current ?? status;
          return { ...status, customerId: 'raced', spent: { ...spent, tokens: spent.tokens + 1 } };
        }),
      ),
    );
    expect((await storage.limits.read('raced'))?.spent).toEqual({ day: '2026-11-22', tokens: 15 });
  });

  test('writers of a new row do not overwrite each other', async () => {
    const states = await Promise.all(
      ['first', 'second'].map((hash) =>
        storage.limits.update('fresh', (current) => ({
          ...status,
          customerId: 'fresh',
          head: { sequence: (current?.head?.sequence ?? 0) + 1, hash },
        })),
      ),
    );
    expect(states.map(({ head }) => head?.sequence).sort()).toEqual([1, 2]);
  });

  test('all rows are read, over more than one page', async () => {
    const { storage: many } = await azuriteStorage();
    const ids = Array.from({ length: 1005 }, (_, at) => `customer-${String(at).padStart(4, '0')}`);
    for (let start = 0; start < ids.length; start += 50) {
      const some = ids.slice(start, start + 50);
      await Promise.all(some.map((customerId) => many.limits.update(customerId, () => ({ ...status, customerId }))));
    }
    expect((await many.limits.readAll()).map(({ customerId }) => customerId)).toEqual(ids);
  });

  test.each([
    ['no JSON', '{"customerId":'],
    ['another object', '{"verdicts":{}}'],
    ['nothing', 'null'],
    ["another customer's", JSON.stringify({ ...status, customerId: 'contoso' })],
  ])('a row in which somebody else wrote %s counts as missing, and is written anew', async (_, text) => {
    const table = TableClient.fromConnectionString(own.connectionString, `${own.tablePrefix}limits`, {
      allowInsecureConnection: true,
    });
    await table.upsertEntity({ partitionKey: 'limits', rowKey: 'broken', status: text });
    expect(await storage.limits.read('broken')).toBeNull();
    expect((await storage.limits.readAll()).filter(({ customerId }) => customerId === 'broken')).toEqual([]);
    const broken = { ...status, customerId: 'broken' };
    expect(await storage.limits.update('broken', (current) => current ?? broken)).toEqual(broken);
    expect(await storage.limits.read('broken')).toEqual(broken);
    await table.deleteEntity('limits', 'broken');
  });
});

describe('the table of open audits', () => {
  const open: OpenAudit = {
    customerId: 'contoso',
    check: 'access',
    auditId: 'one',
    state: 'queued',
    sinceMs: Date.parse('2026-11-22T10:00:00.000Z'),
  };

  test('a claim stands until its audit releases it', async () => {
    expect(await storage.open.claim(open)).toEqual({ claimed: true });
    expect(await storage.open.claim({ ...open, auditId: 'two' })).toEqual({ claimed: false, by: open });
    expect(await storage.open.claim({ ...open, check: 'usage', auditId: 'three' })).toEqual({ claimed: true });

    await storage.open.setRunning('contoso', 'access', 'two', 5);
    await storage.open.setRunning('contoso', 'access', 'one', open.sinceMs + 1);
    await storage.open.release('contoso', 'usage', 'one');
    const running = { ...open, state: 'running', sinceMs: open.sinceMs + 1 };
    expect(await storage.open.readAll()).toEqual([running, { ...open, check: 'usage', auditId: 'three' }]);

    await storage.open.release('contoso', 'access', 'one');
    await storage.open.release('contoso', 'access', 'one');
    await storage.open.setRunning('contoso', 'access', 'one', 5);
    expect(await storage.open.claim({ ...open, auditId: 'two' })).toEqual({ claimed: true });
  });

  test('an audit whose own claim is there has claimed', async () => {
    const own = { ...open, customerId: 'again' };
    await storage.open.claim(own);
    expect(await storage.open.claim(own)).toEqual({ claimed: true });
  });

  test('one of many that claim at once gets it', async () => {
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, at) => storage.open.claim({ ...open, customerId: 'raced', auditId: `a${at}` })),
    );
    expect(claims.filter(({ claimed }) => claimed)).toHaveLength(1);
  });
});

describe('the table of leases', () => {
  test('keeps the last charge of a counter, whatever the counter is called', async () => {
    const counters = ['contoso', 'a/b#c?d\\e', 'a=2Fb', 'München 東 🚀', "o'neil%2F"];
    for (const [at, counter] of counters.entries()) {
      await storage.charges.record(counter, { atMs: 1_700_000_000_000 + at, tokens: at });
    }
    const known = await Promise.all(counters.map((counter) => storage.charges.last(counter)));
    expect(known).toEqual(counters.map((_, at) => ({ atMs: 1_700_000_000_000 + at, tokens: at })));
    expect(await storage.charges.last('a/b')).toBeNull();
  });

  test('an older charge that is reported late changes nothing', async () => {
    await storage.charges.record('late', { atMs: 2000, tokens: 20 });
    await storage.charges.record('late', { atMs: 1000, tokens: 10 });
    expect(await storage.charges.last('late')).toEqual({ atMs: 2000, tokens: 20 });
  });

  test('what a lease wrote into the row stays, and a lease alone is no charge', async () => {
    const table = TableClient.fromConnectionString(own.connectionString, `${own.tablePrefix}leases`, {
      allowInsecureConnection: true,
    });
    await table.createEntity({ partitionKey: 'leases', rowKey: 'counter-leased', owner: 'worker', fence: 3 });
    expect(await storage.charges.last('leased')).toBeNull();
    await storage.charges.record('leased', { atMs: 1000, tokens: 1.5 });
    expect(await table.getEntity('leases', 'counter-leased')).toMatchObject({
      owner: 'worker',
      fence: 3,
      chargedAt: '1970-01-01T00:00:01.000Z',
      chargedTokens: 2,
    });
  });

  test.each([
    ['contoso.A_b-1', 'contoso.A_b-1'],
    ['a/b', 'a=2Fb'],
    ['a=2Fb', 'a=3D2Fb'],
    ['ü', '=C3=BC'],
  ])('the counter %j stands under %s', (counter, key) => {
    expect(encodeKey(counter)).toBe(key);
  });
});

test('preparing what is there already changes nothing', async () => {
  await storage.prepare();
  await Promise.all([storage.prepare(), storage.prepare()]);
  expect(await storage.charges.last('never')).toBeNull();
});

import { readAudit } from '../../../src/audit/history/read-audit';
import type { Pointer } from '../../../src/audit/ports';
import { anExchange } from '../../probe/an-exchange';
import { anOrder, someEvidence } from '../a-report-draft';

const order = anOrder();
const startedMs = Date.UTC(2026, 10, 22, 10);
const place = { rows: 1, hash: 'h', startedMs };

function read(pointer: Partial<Pointer> | null) {
  const exchanges = [anExchange(), anExchange({ probe: 2 })];
  return readAudit(
    {
      readPointer: async () =>
        pointer && { order, state: 'running', attempt: 1, sinceMs: startedMs + 60_000, ...pointer },
      readReport: async () => null,
      readCheckpoint: async (_, at) => (at === place ? { startedMs, evidence: someEvidence({ exchanges }) } : null),
    },
    order.customerId,
    order.auditId,
  );
}

test('an audit that runs tells when it began and what it has kept so far', async () => {
  expect(await read({ checkpoint: place })).toEqual({
    ...order,
    state: 'running',
    startedAt: '2026-11-22T10:00:00.000Z',
    exchanges: [anExchange(), anExchange({ probe: 2 })],
  });
});

test('one that has kept nothing yet, or just replaced it, tells no exchange', async () => {
  const begun = { ...order, state: 'running', exchanges: [] };
  expect(await read({})).toEqual({ ...begun, startedAt: '2026-11-22T10:01:00.000Z' });
  expect(await read({ checkpoint: { ...place } })).toEqual({ ...begun, startedAt: '2026-11-22T10:00:00.000Z' });
});

test('one that is queued, or unknown, has nothing to tell', async () => {
  expect(await read({ state: 'queued' })).toEqual({ ...order, state: 'queued', exchanges: [] });
  expect(await read(null)).toBeNull();
});

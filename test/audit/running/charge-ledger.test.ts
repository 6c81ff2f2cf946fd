import { chargesOn, costOf } from '../../../src/audit/charges';
import type { CounterCharges, LastCharge } from '../../../src/audit/ports';
import { createChargeLedger } from '../../../src/audit/running/charge-ledger';
import { anExchange } from '../../probe/an-exchange';

function chargesInMemory(known: readonly [string, LastCharge][] = []) {
  const rows = new Map(known);
  const charges: CounterCharges = {
    last: async (counter) => rows.get(counter) ?? null,
    record: async (counter, charge) => {
      rows.set(counter, charge);
    },
  };
  return { charges, rows };
}

const charge = (ms: number, tokens: number) => ({ sentMs: ms - 100, receivedMs: ms, tokens });

test('a counter that nobody has ever charged has a complete ledger: an empty one', async () => {
  const ledger = createChargeLedger(chargesInMemory().charges);
  expect(await ledger.before('contoso')).toEqual({ priorCharges: [], ledgerSinceMs: 0 });
});

test("of another process's charges the last one is known, and the ledger is complete since then", async () => {
  const ledger = createChargeLedger(chargesInMemory([['contoso', { atMs: 5000, tokens: 20 }]]).charges);
  expect(await ledger.before('contoso')).toEqual({
    priorCharges: [{ sentMs: 5000, receivedMs: 5000, tokens: 20 }],
    ledgerSinceMs: 5000,
  });
});

test('charges of this process are known one by one, and the last is told to others', async () => {
  const { charges, rows } = chargesInMemory();
  const ledger = createChargeLedger(charges);
  await ledger.add('contoso', [charge(1000, 10), charge(2000, 20)]);
  await ledger.add('contoso', [charge(3000, 30)]);
  await ledger.add('contoso', []);
  expect(await ledger.before('contoso')).toEqual({
    priorCharges: [charge(1000, 10), charge(2000, 20), charge(3000, 30)],
    ledgerSinceMs: 0,
  });
  expect([...rows]).toEqual([['contoso', { atMs: 3000, tokens: 30 }]]);
  expect(await ledger.before('fabrikam')).toEqual({ priorCharges: [], ledgerSinceMs: 0 });
});

test('where another process has charged since, the ledger is complete from there on only', async () => {
  const { charges, rows } = chargesInMemory();
  const ledger = createChargeLedger(charges);
  await ledger.add('contoso', [charge(1000, 10)]);
  rows.set('contoso', { atMs: 9000, tokens: 90 });
  expect(await ledger.before('contoso')).toEqual({
    priorCharges: [charge(1000, 10), { sentMs: 9000, receivedMs: 9000, tokens: 90 }],
    ledgerSinceMs: 9000,
  });
});

test.each([
  ['an answer costs what the model says', {}, 15],
  ['an answer without usage its bound', { usage: null }, 26],
  ['a refusal nothing', { status: 429, usage: null }, 0],
  ['a failing gateway nothing', { status: 500, usage: null }, 0],
  ['a lost answer its bound', { status: null, usage: null, error: { kind: 'body-timeout', detail: '' } }, 26],
  ['a probe that never arrived nothing', { status: null, usage: null, error: { kind: 'dns', detail: '' } }, 0],
] as const)('%s', (_, parts, tokens) => {
  expect(costOf(anExchange(parts))).toBe(tokens);
});

test("charges on a counter are its customer's own key's, oldest first, and say what of them is sure", () => {
  const { asked } = anExchange();
  const exchanges = [
    anExchange({ sentMs: 200, receivedMs: 300, usage: null }),
    anExchange({ sentMs: 0, receivedMs: 100 }),
    anExchange({ asked: { ...asked, credential: 'none' } }),
    anExchange({ asked: { ...asked, customerId: 'fabrikam' }, sentMs: 5, receivedMs: 10 }),
    anExchange({ status: 429, usage: null }),
  ];
  expect(chargesOn('contoso', 'contoso', exchanges)).toEqual([
    { sentMs: 0, receivedMs: 100, tokens: 15 },
    { sentMs: 200, receivedMs: 300, tokens: 26, sureTokens: 0 },
  ]);
  expect(chargesOn('fabrikam', 'contoso', exchanges)).toEqual([{ sentMs: 5, receivedMs: 10, tokens: 15 }]);
});

import { keysOf } from '../../../src/audit/checks';
import { isolation } from '../../../src/audit/checks/isolation';
import type { LastCharge } from '../../../src/audit/ports';
import { createChargeLedger } from '../../../src/audit/running/charge-ledger';
import { addChargesOf, knownChargesOf } from '../../../src/audit/running/counters-of-audit';
import { anExchange } from '../../probe/an-exchange';
import { aDeclaration } from '../a-declaration';

const neighbour = { gateway: 'main', tokensPerMinute: 1_000, dedicated: true };
const declared = {
  ...aDeclaration(),
  neighbours: [
    { ...neighbour, id: 'zava', counter: 'zava' },
    { ...neighbour, id: 'fabrikam', counter: 'of-all' },
    { ...neighbour, id: 'adatum', counter: 'of-all' },
  ],
};

test('an audit has all counters whose keys it shows to itself, in one order for everybody', () => {
  expect(keysOf(isolation, declared)).toEqual(['counter contoso', 'counter of-all', 'counter zava', 'gateway main']);
});

test("what was asked with a neighbour's key is charged on its counter, and known there by its name", async () => {
  const last = new Map<string, LastCharge>();
  const ledger = createChargeLedger({
    last: async (counter) => last.get(counter) ?? null,
    record: async (counter, charge) => {
      last.set(counter, charge);
    },
  });
  const asked = anExchange().asked;
  const [sentMs, receivedMs] = [1_000, 1_500];
  const times = { sentMs, receivedMs };
  const exchanges = [
    anExchange(times),
    anExchange({
      ...times,
      asked: { ...asked, customerId: 'adatum' },
      usage: { prompt: 30, completion: 2, total: 32 },
    }),
  ];

  await addChargesOf(declared, exchanges, ledger);

  expect(await knownChargesOf(declared, ledger)).toEqual({
    priorCharges: [
      { ...times, tokens: 15 },
      { ...times, tokens: 32, counter: 'of-all' },
    ],
    ledgerSinceMs: 0,
  });
  expect(await knownChargesOf(aDeclaration(), ledger)).toEqual({
    priorCharges: [{ ...times, tokens: 15 }],
    ledgerSinceMs: 0,
  });
});

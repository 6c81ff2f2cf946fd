import { TableClient } from '@azure/data-tables';
import * as fc from 'fast-check';
import { answer } from '../../src/api/answer';
import { type RouteName, routes } from '../../src/api/routes';
import { AuditorError } from '../../src/auditor-error';
import { readJob } from '../../src/functions/read-job';
import { anApp, type TestApp } from '../app/an-app';
import { azuriteConnectionString } from '../azurite';
import { hostileJson, hostileText, inputs, prototypes } from './hostile-text';

const runs = Math.ceil(inputs / 10);
let tested: TestApp;

beforeAll(async () => {
  tested = await anApp({ customers: [{}, { id: 'northwind' }] });
  const wanted = ['contoso', 'northwind'].map((customerId) => ({ customerId, check: 'access' as const }));
  await tested.app.audit(wanted, { trigger: 'cli', parallel: 1, store: true });
});

afterAll(() => tested.close());

const anAudit = fc.record({
  auditId: fc.oneof(fc.uuid(), hostileText),
  customerId: fc.oneof(fc.constantFrom('contoso', 'nobody', '__proto__'), hostileText),
  gatewayId: hostileText,
  check: fc.oneof(fc.constantFrom('access', 'token-limit', 'config-drift'), hostileText),
  trigger: fc.constantFrom('timer', 'http', 'cli', 'x'),
  scheduledAt: fc.oneof(fc.constantFrom('2026-01-05T12:00:00Z', '9999-12-31T23:59:59Z'), hostileText),
});
const aMessage = fc.oneof(
  hostileJson,
  fc
    .record({ customerId: fc.oneof(fc.constantFrom('contoso', 'nobody'), hostileText), audits: fc.array(anAudit) })
    .map((job) => JSON.stringify(job)),
);

test(
  `${inputs} hostile messages: each is a job that can be run, or refused as none`,
  async () => {
    const before = prototypes();
    await fc.assert(
      fc.asyncProperty(aMessage, async (text) => {
        try {
          const job = readJob(asTheHostReads(text));
          const { faults } = await tested.app.runJob(job, 600_000);
          for (const fault of faults) expect(fault).toBeInstanceOf(AuditorError);
        } catch (error) {
          // Whatever it is, the host delivers the message again, and gives it up after five times.
          expect(error).toBeInstanceOf(AuditorError);
        }
      }),
      { numRuns: inputs, verbose: 1 },
    );
    expect(prototypes()).toEqual(before);
  },
  60_000 + inputs * 100,
);

/** The host hands over what is JSON as a value, anything else as text. */
function asTheHostReads(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const garbage = fc.oneof(
  hostileText.map((text) => text.slice(0, 1000)),
  fc.constantFrom('{}', '[]', 'null', '{"customerId":"contoso","verdicts":{}}', '{"__proto__":null}', 'queued'),
  fc.integer(),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const rows = [
  { table: 'limits', partitionKey: 'limits', rowKey: 'contoso' },
  { table: 'open', partitionKey: 'open', rowKey: 'contoso:access' },
  { table: 'audits', partitionKey: 'contoso', rowKey: 'head' },
  { table: 'audits', partitionKey: 'contoso', rowKey: 'anchor' },
  { table: 'audits', partitionKey: 'contoso', rowKey: 'r-8232394000000-9999999990' },
  { table: 'audits', partitionKey: 'contoso', rowKey: 'u-2026-01-05' },
  { table: 'budgets', partitionKey: '2026-01-05', rowKey: 'contoso' },
  { table: 'leases', partitionKey: 'leases', rowKey: 'counter-contoso' },
];
const properties = [
  'status',
  'report00',
  'day',
  'hash',
  'sequence',
  'open',
  'settledTokens',
  'owner',
  'until',
  'state',
  'x',
];
const aRow = fc.record({
  place: fc.constantFrom(...rows),
  values: fc.dictionary(fc.constantFrom(...properties), garbage, { maxKeys: 5 }),
});
const asked: readonly RouteName[] = ['limits', 'audits', 'audits-export', 'integrity', 'usage', 'report'];

test(
  `${runs} stored rows that somebody else wrote harm nobody but their customer, and no answer tells what is in them`,
  async () => {
    const connectionString = await azuriteConnectionString();
    const tableOf = (name: string) =>
      TableClient.fromConnectionString(connectionString, `${tested.names.tablePrefix}${name}`, {
        allowInsecureConnection: true,
      });
    const ask = (name: RouteName, id: string) =>
      answer(
        name,
        {
          method: routes[name].method,
          url: new URL(`https://audits.example/api/customers/${id}/audits`),
          params: { id },
          body: '',
          requestId: 'fuzz',
        },
        async () => tested.app,
      );
    await fc.assert(
      fc.asyncProperty(aRow, async ({ place, values }) => {
        const client = tableOf(place.table);
        const kept = await client.getEntity(place.partitionKey, place.rowKey).catch(() => null);
        await client.upsertEntity({ ...place, ...values, marker: 'canary-in-a-row' }, 'Replace');
        try {
          for (const name of asked) {
            const [own, other] = await Promise.all([ask(name, 'contoso'), ask(name, 'northwind')]);
            expect([name, other.status]).toEqual([name, 200]);
            expect([200, 500]).toContain(own.status);
            if (own.status === 500) expect(JSON.parse(own.body)).toMatchObject({ code: 'internal-error', id: 'fuzz' });
            expect(own.body).not.toContain('canary-in-a-row');
          }
          const [all, metrics] = await Promise.all([ask('customers', ''), ask('metrics', '')]);
          expect([all.status, metrics.status]).toEqual([200, 200]);
          await tested.app.planDue();
        } finally {
          if (kept === null) await client.deleteEntity(place.partitionKey, place.rowKey);
          else await client.upsertEntity(kept as { partitionKey: string; rowKey: string }, 'Replace');
        }
      }),
      { numRuns: runs, verbose: 1 },
    );
  },
  60_000 + inputs * 100,
);

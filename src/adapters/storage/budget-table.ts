import { randomUUID } from 'node:crypto';
import type { TransactionAction } from '@azure/data-tables';
import type { BudgetKey, BudgetLimits, Budgets, DaySpending, TokenReservation } from '../../audit/running/budgets';
import { maxTries, pauseInCrowd, tooBusy } from './change-row';
import { partitionOf } from './history-keys';
import { inGroups, type Outcome } from './in-groups';
import { corrupt, parseJson, textIn } from './row-values';
import type { NewRow, RowKey, StorageTable, StoredRow } from './storage-table';

/** An underscore never begins a customer's id. */
const serviceRow = '_service';

/**
 * What a gateway charges beyond what was set aside is its customer's whole; of the service it takes at most so many times
 * what was set aside. Else one gateway that lies about its usage would end everybody's audits for the day.
 */
const mostBelieved = 10;

/** A customer's day: what was paid for, and each reservation that is open with its tokens. */
interface CustomerDay {
  readonly settledTokens: number;
  readonly open: Readonly<Record<string, number>>;
}

interface StoredDay {
  readonly customer: CustomerDay;
  readonly service: DaySpending;
}

interface Decision {
  readonly write?: StoredDay;
  readonly answer: boolean | number;
}

/** A change of a customer's day, and of the service's with it. */
interface Change {
  readonly customerId: string;
  readonly decide: (day: StoredDay) => Decision;
}

/** A transaction takes 100 rows; one of them is the service's. */
const maxChangesAtOnce = 90;

/**
 * The table `budgets`: a partition a UTC day, in it a row a customer and one of the whole service. Both rows change in
 * one transaction, so that neither budget is ever exceeded by workers that reserve at once. A reservation is named and
 * its size is absolute: made twice, because an answer was lost, it counts once.
 *
 * Every reservation changes the service's row, which would make it the bottleneck of many customers. So what the audits
 * of one process want at the same time is decided together and written in one transaction: a process has one of them
 * under way, and the longer it must wait for others' the more the next one holds.
 */
export function budgetTable(table: StorageTable): Budgets {
  const changesOf = new Map<string, (change: Change) => Promise<boolean | number>>();

  function change(key: BudgetKey, decide: Change['decide']): Promise<boolean | number> {
    const onDay = changesOf.get(key.day) ?? inGroups(maxChangesAtOnce, (group) => changeDay(table, key.day, group));
    // An instance lives for days, and at most two of them are ever changed.
    if (changesOf.size > 7) changesOf.clear();
    changesOf.set(key.day, onDay);
    return onDay({ customerId: key.customerId, decide });
  }

  return {
    async read(key) {
      const [customerRow, row] = await Promise.all([table.read(customerKey(key)), table.read(serviceKey(key.day))]);
      return { customer: spendingOf(fromCustomerRow(customerRow)), service: fromServiceRow(row) };
    },
    async reserve(key, reservation, limits) {
      const answer = await change(key, (day) => {
        const write = withReservation(day, reservation, limits);
        return write === null ? { answer: false } : { write, answer: true };
      });
      return answer === true;
    },
    async settle(key, reservationId, tokens) {
      const answer = await change(key, (day) => {
        const reservedTokens = day.customer.open[reservationId];
        if (reservedTokens === undefined) return { answer: 0 };
        const paid = tokens === 'all' ? reservedTokens : Math.ceil(tokens);
        const { [reservationId]: _, ...open } = day.customer.open;
        return {
          write: {
            customer: { settledTokens: day.customer.settledTokens + paid, open },
            service: {
              settledTokens: day.service.settledTokens + Math.min(paid, mostBelieved * reservedTokens),
              reservedTokens: day.service.reservedTokens - reservedTokens,
            },
          },
          answer: reservedTokens,
        };
      });
      return Number(answer);
    },
    async purgeBefore(day) {
      for (const { partitionKey, rowKey, etag } of await table.readAll((odata) => odata`PartitionKey lt ${day}`)) {
        await table.remove({ partitionKey, rowKey }, etag);
      }
    },
  };
}

/** Makes changes of one day one after the other on what is stored, and writes what comes of them all at once. */
async function changeDay(
  table: StorageTable,
  day: string,
  changes: readonly Change[],
): Promise<readonly Outcome<boolean | number>[]> {
  const writer = randomUUID();
  const customerIds = [...new Set(changes.map(({ customerId }) => customerId))];
  let refused: readonly Outcome<boolean | number>[] | undefined;
  for (let tries = 1; tries <= maxTries; tries++) {
    const [serviceRow, ...rows] = await Promise.all([
      table.read(serviceKey(day)),
      ...customerIds.map((customerId) => table.read(customerKey({ day, customerId }))),
    ]);
    if (refused !== undefined && rows.some((row) => row?.writer === writer)) return refused;
    const stored = new Map(customerIds.map((customerId, at) => [customerId, rows[at] ?? null]));
    const decided = decideAll(changes, stored, fromServiceRow(serviceRow ?? null));
    if (decided.changed.size === 0) return decided.outcomes;
    const isWritten = await table.transact([
      ...[...decided.changed].map(([customerId, customer]) =>
        put(
          { ...customerKey({ day, customerId }), ...toCustomerRow(customer), writer },
          stored.get(customerId) ?? null,
        ),
      ),
      put({ ...serviceKey(day), ...toServiceRow(decided.service) }, serviceRow ?? null),
    ]);
    if (isWritten) return decided.outcomes;
    refused = decided.outcomes;
    await pauseInCrowd(tries);
  }
  throw tooBusy(`change the budgets of ${day}`);
}

interface DecidedDay {
  readonly outcomes: readonly Outcome<boolean | number>[];
  readonly changed: ReadonlyMap<string, CustomerDay>;
  readonly service: DaySpending;
}

function decideAll(
  changes: readonly Change[],
  stored: ReadonlyMap<string, StoredRow | null>,
  storedService: DaySpending,
): DecidedDay {
  const changed = new Map<string, CustomerDay>();
  let service = storedService;
  const outcomes = changes.map(({ customerId, decide }): Outcome<boolean | number> => {
    try {
      const customer = changed.get(customerId) ?? fromCustomerRow(stored.get(customerId) ?? null);
      const { write, answer } = decide({ customer, service });
      if (write === undefined) return { answer };
      changed.set(customerId, write.customer);
      service = write.service;
      return { answer };
    } catch (error) {
      // A row that cannot be read is its own customer's trouble.
      return { error };
    }
  });
  return { outcomes, changed, service };
}

function withReservation(
  { customer, service }: StoredDay,
  { reservationId, tokens }: TokenReservation,
  limits: BudgetLimits,
): StoredDay | null {
  const more = Math.ceil(tokens) - (customer.open[reservationId] ?? 0);
  if (more <= 0) return { customer, service };
  const spending = spendingOf(customer);
  const hasRoom =
    totalOf(spending) + more <= limits.customer &&
    (limits.service === undefined || totalOf(service) + more <= limits.service);
  if (!hasRoom) return null;
  return {
    customer: { ...customer, open: { ...customer.open, [reservationId]: Math.ceil(tokens) } },
    service: { ...service, reservedTokens: service.reservedTokens + more },
  };
}

function spendingOf({ settledTokens, open }: CustomerDay): DaySpending {
  return { settledTokens, reservedTokens: Object.values(open).reduce((sum, tokens) => sum + tokens, 0) };
}

function totalOf({ settledTokens, reservedTokens }: DaySpending): number {
  return settledTokens + reservedTokens;
}

/** Counts as text: a property holds no whole number above 2^31. */
function toCustomerRow({ settledTokens, open }: CustomerDay): Record<string, string> {
  return { settledTokens: String(settledTokens), open: JSON.stringify(open) };
}

function fromCustomerRow(row: StoredRow | null): CustomerDay {
  if (row === null) return { settledTokens: 0, open: {} };
  return {
    settledTokens: countIn(row, 'settledTokens'),
    open: parseJson<CustomerDay['open']>(row, textIn(row, 'open')),
  };
}

function toServiceRow({ settledTokens, reservedTokens }: DaySpending): Record<string, string> {
  return { settledTokens: String(settledTokens), reservedTokens: String(reservedTokens) };
}

function fromServiceRow(row: StoredRow | null): DaySpending {
  if (row === null) return { settledTokens: 0, reservedTokens: 0 };
  return { settledTokens: countIn(row, 'settledTokens'), reservedTokens: countIn(row, 'reservedTokens') };
}

function countIn(row: StoredRow, name: string): number {
  const text = textIn(row, name);
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw corrupt(row, `its property ${name} is no count`);
}

function customerKey({ day, customerId }: BudgetKey): RowKey {
  return { partitionKey: day, rowKey: partitionOf(customerId) };
}

function serviceKey(day: string): RowKey {
  return { partitionKey: day, rowKey: serviceRow };
}

function put(row: NewRow, current: StoredRow | null): TransactionAction {
  return current === null ? ['create', row] : ['update', row, 'Replace', { etag: current.etag }];
}

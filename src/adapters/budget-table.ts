import { randomUUID } from 'node:crypto';
import type { TransactionAction } from '@azure/data-tables';
import type { BudgetKey, BudgetLimits, Budgets, DaySpending, TokenReservation } from '../audit/budgets';
import { maxTries, pauseAfter, tooBusy } from './change-row';
import { partitionOf } from './history-keys';
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

/**
 * The table `budgets`: a partition a UTC day, in it a row a customer and one of the whole service. Both rows change in
 * one transaction, so that neither budget is ever exceeded by workers that reserve at once. A reservation is named and
 * its size is absolute: made twice, because an answer was lost, it counts once.
 */
export function budgetTable(table: StorageTable): Budgets {
  async function change<Answer>(
    key: BudgetKey,
    decide: (day: StoredDay) => { readonly write?: StoredDay; readonly answer: Answer },
  ): Promise<Answer> {
    const writer = randomUUID();
    let refused: { readonly answer: Answer } | undefined;
    for (let tries = 1; tries <= maxTries; tries++) {
      const [customerRow, row] = await Promise.all([table.read(customerKey(key)), table.read(serviceKey(key.day))]);
      if (refused !== undefined && customerRow?.writer === writer) return refused.answer;
      const decision = decide({ customer: fromCustomerRow(customerRow), service: fromServiceRow(row) });
      if (decision.write === undefined) return decision.answer;
      const { customer, service } = decision.write;
      const isWritten = await table.transact([
        put({ ...customerKey(key), ...toCustomerRow(customer), writer }, customerRow),
        put({ ...serviceKey(key.day), ...toServiceRow(service) }, row),
      ]);
      if (isWritten) return decision.answer;
      refused = decision;
      await pauseAfter(tries);
    }
    throw tooBusy(`change the budget of customer ${key.customerId} on ${key.day}`);
  }

  return {
    async read(key) {
      const [customerRow, row] = await Promise.all([table.read(customerKey(key)), table.read(serviceKey(key.day))]);
      return { customer: spendingOf(fromCustomerRow(customerRow)), service: fromServiceRow(row) };
    },
    reserve: (key, reservation, limits) =>
      change(key, (day) => {
        const write = withReservation(day, reservation, limits);
        return write === null ? { answer: false } : { write, answer: true };
      }),
    settle: (key, reservationId, tokens) =>
      change(key, (day) => {
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
      }),
    async purgeBefore(day) {
      for (const { partitionKey, rowKey, etag } of await table.readAll((odata) => odata`PartitionKey lt ${day}`)) {
        await table.remove({ partitionKey, rowKey }, etag);
      }
    },
  };
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

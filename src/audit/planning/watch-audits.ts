import { unknownLimitStatus } from '../limit-status';
import type { LimitStatuses } from '../ports';
import type { Report } from '../report';
import { createSlots } from '../running/exclusive';
import { expectedChecks, missedAudits, type Situation } from './plan-audits';
import { type MissedSetting, recordMissed } from './record-missed';

/** Customers are recorded side by side; the records of one go into one chain, one after the other. */
const customersAtOnce = 8;

/** Records all that was missed; after a long silence that is much. */
export async function recordAllMissed(situation: Situation, setting: MissedSetting): Promise<readonly Report[]> {
  const missed = missedAudits(situation);
  const inSlot = createSlots(customersAtOnce);
  const recorded = [...new Set(missed.map(({ customerId }) => customerId))].map((customerId) =>
    inSlot(async () => {
      const reports: Report[] = [];
      for (const due of missed) if (due.customerId === customerId) reports.push(await recordMissed(due, setting));
      return reports;
    }),
  );
  return (await Promise.all(recorded)).flat();
}

/** Notes of each customer which checks are expected by which schedule, where that is news. */
export async function noteExpected(
  { customers, checks, statuses, nowMs }: Situation,
  limits: Pick<LimitStatuses, 'update'>,
): Promise<void> {
  const byCustomer = new Map(statuses.map((status) => [status.customerId, status]));
  const inSlot = createSlots(customersAtOnce);
  const noted = customers.map((customer) => {
    const expected = expectedChecks(customer, checks, { nowMs, status: byCustomer.get(customer.id) ?? null });
    if (expected === null) return null;
    return inSlot(() =>
      limits.update(customer.id, (current) => ({ ...(current ?? unknownLimitStatus(customer)), expected })),
    );
  });
  await Promise.all(noted);
}

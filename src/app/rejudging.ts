import { type RejudgedAudit, type RejudgeSelection, rejudgeHistory } from '../audit/history/rejudge-history';
import type { Assembly } from './assemble';
import { unknownCustomer } from './customer-of';

/** What judges stored audits again. */
export interface Rejudging {
  /** A customer's stored audits judged again by today's rules, newest first. Throws `not-found`. */
  rejudge(customerId: string, selection: RejudgeSelection): AsyncIterable<RejudgedAudit>;
}

export function rejudging({ config, checks, clock, ...assembly }: Assembly): Rejudging {
  return {
    async *rejudge(customerId, selection) {
      const storage = await assembly.storage();
      const isKnown = config.customers.some(({ id }) => id === customerId);
      // Whoever was taken out of the configuration keeps a history.
      if (!isKnown && (await storage.history.readHead(customerId)) === null) throw unknownCustomer(customerId);
      yield* rejudgeHistory(customerId, selection, { storage, clock, checks });
    },
  };
}

import type { Storage } from '../audit/ports';
import { budgetTable } from './budget-table';
import { historyTable } from './history-table';
import { openJobQueue } from './job-queue';
import { jobQueueName } from './job-queue-name';
import { leaseTable } from './lease-table';
import { limitsTable } from './limits-table';
import { openAuditsTable } from './open-table';
import { accessTo, type StorageConnection } from './storage-connection';
import { openStorageTable } from './storage-table';

/** Names other than the contract's, so that several can share an account. */
export interface StorageNames {
  readonly tablePrefix?: string;
  readonly queueName?: string;
}

/** The storage account as the audit's ports. Nothing is connected, and no SDK loaded, before the first call. */
export function openStorage(connection: StorageConnection, names: StorageNames = {}): Storage {
  const access = accessTo(connection);
  const tableOf = (name: string) => openStorageTable(access, `${names.tablePrefix ?? ''}${name}`);
  const [audits, limits, open] = [tableOf('audits'), tableOf('limits'), tableOf('open')];
  const [leases, budgets] = [tableOf('leases'), tableOf('budgets')];
  const leaseRows = leaseTable(leases);
  const jobs = openJobQueue(access, names.queueName ?? jobQueueName);
  return {
    history: historyTable(audits),
    limits: limitsTable(limits),
    open: openAuditsTable(open),
    jobs,
    charges: leaseRows,
    leases: leaseRows,
    budgets: budgetTable(budgets),
    async prepare() {
      await Promise.all([audits, limits, open, leases, budgets, jobs].map((part) => part.prepare()));
    },
  };
}

import type { AlertMessage } from '../../audit/alerts/alert-store';
import type { AuditJob, Storage } from '../../audit/ports';
import { alertQueueName } from './alert-queue-name';
import { alertTable } from './alert-table';
import { budgetTable } from './budget-table';
import { digestMarkRow } from './digest-mark-row';
import { historyTable } from './history-table';
import { jobQueueName } from './job-queue-name';
import { leaseTable } from './lease-table';
import { limitsTable } from './limits-table';
import { openQueue } from './open-queue';
import { openAuditsTable } from './open-table';
import { retentionRows } from './retention-rows';
import { accessTo, type StorageConnection } from './storage-connection';
import { openStorageTable } from './storage-table';

/** Names other than the contract's, so that several can share an account. */
export interface StorageNames {
  readonly tablePrefix?: string;
  readonly queueName?: string;
  readonly alertQueueName?: string;
}

/** The storage account as the audit's ports. Nothing is connected, and no SDK loaded, before the first call. */
export function openStorage(connection: StorageConnection, names: StorageNames = {}): Storage {
  const access = accessTo(connection);
  const tableOf = (name: string) => openStorageTable(access, `${names.tablePrefix ?? ''}${name}`);
  const [audits, limits, open] = [tableOf('audits'), tableOf('limits'), tableOf('open')];
  const [leases, budgets] = [tableOf('leases'), tableOf('budgets')];
  const leaseRows = leaseTable(leases);
  const jobs = openQueue<AuditJob>(access, names.queueName ?? jobQueueName);
  const alerts = openQueue<AlertMessage>(access, names.alertQueueName ?? alertQueueName);
  return {
    history: historyTable(audits),
    limits: limitsTable(limits),
    open: openAuditsTable(open),
    jobs,
    charges: leaseRows,
    leases: leaseRows,
    budgets: budgetTable(budgets),
    alerts: alertTable(tableOf('alerts'), alerts),
    retention: retentionRows(audits),
    digestMarks: digestMarkRow(limits),
    async prepare() {
      await Promise.all([audits, limits, open, leases, budgets, jobs].map((part) => part.prepare()));
    },
  };
}

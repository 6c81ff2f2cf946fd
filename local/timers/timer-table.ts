import { RestError, TableClient } from '@azure/data-tables';
import { AuditorError } from '../../src/auditor-error';
import { findConnection } from '../storage-connection';
import type { TimerLease } from './hold-timers';
import type { TimerStatus, TimerStatuses } from './timer-status';

/** Timers' statuses and the lease on them, shared by all hosts of one app on one storage account. */
export interface TimerStore {
  readonly statuses: TimerStatuses;
  readonly lease: TimerLease;
}

interface LeaseRow {
  readonly owner: string;
  readonly untilMs: number;
}

const tableName = 'localhosttimers';
const leaseRowKey = 'lease';

/** Opens (and makes) the table in the storage of AzureWebJobsStorage, where the platform keeps its timers' blobs too. */
export async function openTimerStore(hostId: string, settings: Readonly<Record<string, string>>): Promise<TimerStore> {
  const connection = findConnection('Storage', 'table', settings);
  const table =
    'connectionString' in connection
      ? TableClient.fromConnectionString(connection.connectionString, tableName, { allowInsecureConnection: true })
      : new TableClient(connection.serviceUri, tableName, connection.credential);
  await table.createTable().catch((cause: Error) => {
    const what = `Cannot reach the table service of AzureWebJobsStorage for the timers: ${cause.message}`;
    throw new AuditorError('storage-unavailable', `${what}. Start Azurite, or correct the setting.`, { cause });
  });
  const partitionKey = encodeURIComponent(hostId).replaceAll('%', '_');
  return { statuses: createStatuses(table, partitionKey), lease: createLease(table, partitionKey) };
}

function createStatuses(table: TableClient, partitionKey: string): TimerStatuses {
  return {
    read: async (functionName) => {
      const row = await found(table.getEntity<{ status: string }>(partitionKey, `timer-${functionName.toLowerCase()}`));
      return row && (JSON.parse(row.status) as TimerStatus);
    },
    write: async (functionName, status) => {
      const rowKey = `timer-${functionName.toLowerCase()}`;
      await table.upsertEntity({ partitionKey, rowKey, status: JSON.stringify(status) }, 'Replace');
    },
  };
}

function createLease(table: TableClient, partitionKey: string): TimerLease {
  return {
    take: async (owner, nowMs, untilMs) => {
      const key = { partitionKey, rowKey: leaseRowKey };
      const row = await found(table.getEntity<LeaseRow>(partitionKey, leaseRowKey));
      if (row && row.owner !== owner && row.untilMs > nowMs) return false;
      const write = row
        ? table.updateEntity({ ...key, owner, untilMs }, 'Replace', { etag: row.etag })
        : table.createEntity({ ...key, owner, untilMs });
      return await succeeded(write);
    },
    release: async (owner) => {
      const row = await found(table.getEntity<LeaseRow>(partitionKey, leaseRowKey));
      if (row?.owner === owner) await succeeded(table.deleteEntity(partitionKey, leaseRowKey, { etag: row.etag }));
    },
  };
}

async function found<Row>(reading: Promise<Row>): Promise<Row | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 404) return null;
    throw error;
  }
}

/** False where another host was quicker. */
async function succeeded(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof RestError && [404, 409, 412].includes(error.statusCode ?? 0)) return false;
    throw error;
  }
}

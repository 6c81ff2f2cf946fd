import type { TransactionAction } from '@azure/data-tables';
import { storageAsker } from './storage-asker';
import type { StorageAccess } from './storage-connection';
import { answerOf } from './storage-error';
import { storageRetries } from './storage-retries';

export interface RowKey {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/** A row to be written: texts, whole numbers below 2^31, truth values and bytes. */
export type NewRow = RowKey & Readonly<Record<string, string | number | boolean | Uint8Array>>;

/** A row as read. */
export type StoredRow = RowKey & { readonly etag: string } & Readonly<Record<string, unknown>>;

export interface RowPage {
  readonly rows: readonly StoredRow[];
  /** The service's own token; null where this was the last page. */
  readonly continuationToken: string | null;
}

type TablesSdk = Awaited<ReturnType<typeof loadSdk>>;
type TableClient = InstanceType<TablesSdk['TableClient']>;

/** Makes a filter with the SDK's `odata` tag, which quotes what is put into it. */
export type RowFilter = (odata: TablesSdk['odata']) => string;

export interface RowPageRequest {
  readonly filter: RowFilter;
  readonly maxRows: number;
  readonly continuationToken?: string;
}

/**
 * One table, spoken to in rows; the SDK is loaded at the first call. What the service says yes or no to (is it there, was
 * it changed) is answered with a value; its trouble is thrown as an AuditorError.
 */
export interface StorageTable {
  /** Makes the table where it is missing. */
  prepare(): Promise<void>;
  read(key: RowKey): Promise<StoredRow | null>;
  /** False where the row is there already. */
  insert(row: NewRow): Promise<boolean>;
  /** False where the row was changed or deleted since `etag`. */
  replace(row: NewRow, etag: string): Promise<boolean>;
  /** Writes these properties and leaves the row's others; false where the row was changed or deleted since `etag`. */
  merge(row: NewRow, etag: string): Promise<boolean>;
  /** False where the row was changed or deleted since `etag`. */
  remove(key: RowKey, etag: string): Promise<boolean>;
  /** One page in the order of the keys; may be short or empty while there is a token (Azure stops after 5 seconds). */
  readPage(request: RowPageRequest): Promise<RowPage>;
  /** All rows of all pages. */
  readAll(filter: RowFilter): Promise<readonly StoredRow[]>;
  /** The keys of all rows of all pages, without what the rows hold. */
  readKeys(filter: RowFilter): Promise<readonly RowKey[]>;
  /** All or nothing. False where it was refused for a row that is there, gone or changed, or where no answer came. */
  transact(actions: TransactionAction[]): Promise<boolean>;
}

export function openStorageTable(access: StorageAccess, name: string): StorageTable {
  const ask = storageAsker({
    access,
    shown: `the table ${name}`,
    role: 'Storage Table Data Contributor',
    connect: () => connect(access, name),
  });

  async function readPage({ filter, maxRows, continuationToken }: RowPageRequest): Promise<RowPage> {
    const { odata } = await loadSdk();
    return ask('read', async (table) => {
      const pages = table
        .listEntities({ queryOptions: { filter: filter(odata) } })
        .byPage({ maxPageSize: maxRows, ...(continuationToken !== undefined && { continuationToken }) });
      for await (const page of pages) {
        return { rows: page.map(asStoredRow), continuationToken: page.continuationToken ?? null };
      }
      return { rows: [], continuationToken: null };
    });
  }

  return {
    async prepare() {
      await ask('make', (table) => yesUnless([409], table.createTable()));
    },
    read: ({ partitionKey, rowKey }) =>
      ask('read', (table) => table.getEntity(partitionKey, rowKey).then(asStoredRow, nullWhereMissing)),
    insert: (row) => ask('write to', (table) => yesUnless([409], table.createEntity(row))),
    replace: (row, etag) =>
      ask('write to', (table) => yesUnless([404, 412], table.updateEntity(row, 'Replace', { etag }))),
    merge: (row, etag) => ask('write to', (table) => yesUnless([404, 412], table.updateEntity(row, 'Merge', { etag }))),
    remove: ({ partitionKey, rowKey }, etag) =>
      ask('write to', (table) => yesUnless([404, 412], table.deleteEntity(partitionKey, rowKey, { etag }))),
    readPage,
    async readAll(filter) {
      const rows: StoredRow[] = [];
      let page = await readPage({ filter, maxRows: 1000 });
      rows.push(...page.rows);
      while (page.continuationToken !== null) {
        page = await readPage({ filter, maxRows: 1000, continuationToken: page.continuationToken });
        rows.push(...page.rows);
      }
      return rows;
    },
    async readKeys(filter) {
      const { odata } = await loadSdk();
      return ask('read', async (table) => {
        const keys: RowKey[] = [];
        const select = ['PartitionKey', 'RowKey'];
        for await (const row of table.listEntities({ queryOptions: { filter: filter(odata), select } })) {
          const { partitionKey, rowKey } = asStoredRow(row);
          keys.push({ partitionKey, rowKey });
        }
        return keys;
      });
    },
    transact: (actions) =>
      ask('write to', (table) => yesUnless([404, 409, 412, 'no answer'], table.submitTransaction(actions))),
  };
}

function loadSdk() {
  return import('@azure/data-tables');
}

async function connect({ connection, credential }: StorageAccess, name: string): Promise<TableClient> {
  const sdk = await loadSdk();
  const options = { retryOptions: storageRetries };
  switch (connection.kind) {
    case 'connection-string':
      return sdk.TableClient.fromConnectionString(connection.connectionString, name, {
        ...options,
        // Azurite listens without TLS; Azure refuses such a request itself.
        allowInsecureConnection: true,
      });
    case 'identity':
      return new sdk.TableClient(connection.tableServiceUri, name, credential(), options);
    default:
      return connection satisfies never;
  }
}

/** A stored row has the three: the service gives them to every entity. */
function asStoredRow(entity: { partitionKey?: string; rowKey?: string; etag?: string }): StoredRow {
  return entity as StoredRow;
}

function nullWhereMissing(error: unknown): null {
  const { statusCode, code } = answerOf(error);
  if (statusCode === 404 && code !== 'TableNotFound') return null;
  throw error;
}

async function yesUnless(refusals: readonly (number | 'no answer')[], call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    const { statusCode, code, answered } = answerOf(error);
    if (code === 'TableNotFound') throw error;
    if (refusals.includes(answered ? (statusCode ?? 0) : 'no answer')) return false;
    throw error;
  }
}

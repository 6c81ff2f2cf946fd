import { gunzipSync } from 'node:zlib';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';

/** Something secret, by a name that may be told. */
export interface Canary {
  readonly name: string;
  readonly secret: string;
}

/** What leaves the service, by where it was found. */
export interface Output {
  readonly where: string;
  readonly text: string;
}

/** Each place where a canary sings: as it is, in capitals, escaped for URLs or JSON, in base64 or in hexadecimal. */
export function singing(canaries: readonly Canary[], outputs: readonly Output[]): readonly string[] {
  return outputs.flatMap(({ where, text }) =>
    canaries
      .filter(({ secret }) => formsOf(secret).some((form) => text.includes(form)))
      .map(({ name }) => `${name} in ${where}`),
  );
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    secret.toUpperCase(),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    ...[0, 1, 2].flatMap((offset) => base64Within(bytes, offset)),
  ];
}

/** What of a text stands in the base64 of a longer one, where `offset` bytes come before it in a group of three. */
function base64Within(bytes: Buffer, offset: number): readonly string[] {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = shifted.subarray(0, shifted.length - (shifted.length % 3));
  const start = offset === 0 ? 0 : 4;
  return (['base64', 'base64url'] as const).map((alphabet) => whole.toString(alphabet).slice(start));
}

/** Every row, message and blob of an account, what is compressed unpacked. */
export async function everythingStored(connectionString: string): Promise<readonly Output[]> {
  return [
    ...(await rowsOf(connectionString)),
    ...(await messagesOf(connectionString)),
    ...(await blobsOf(connectionString)),
  ];
}

async function rowsOf(connectionString: string): Promise<readonly Output[]> {
  const options = { allowInsecureConnection: true };
  const outputs: Output[] = [];
  for await (const { name = '' } of TableServiceClient.fromConnectionString(connectionString, options).listTables()) {
    for await (const row of TableClient.fromConnectionString(connectionString, name, options).listEntities()) {
      const where = `row ${name}/${row.partitionKey}/${row.rowKey}`;
      const packed = Object.entries(row).flatMap(([, value]) => (value instanceof Uint8Array ? [value] : []));
      const unpacked = packed.length === 0 ? '' : gunzipSync(Buffer.concat(packed)).toString();
      outputs.push({ where, text: `${JSON.stringify(row)}${unpacked}` });
    }
  }
  return outputs;
}

async function messagesOf(connectionString: string): Promise<readonly Output[]> {
  const outputs: Output[] = [];
  const service = QueueServiceClient.fromConnectionString(connectionString);
  for await (const { name } of service.listQueues()) {
    const { peekedMessageItems } = await service.getQueueClient(name).peekMessages({ numberOfMessages: 32 });
    for (const { messageText } of peekedMessageItems) {
      outputs.push({ where: `queue ${name}`, text: Buffer.from(messageText, 'base64').toString() });
    }
  }
  return outputs;
}

async function blobsOf(connectionString: string): Promise<readonly Output[]> {
  const outputs: Output[] = [];
  const service = BlobServiceClient.fromConnectionString(connectionString);
  for await (const container of service.listContainers()) {
    const client = service.getContainerClient(container.name);
    for await (const { name } of client.listBlobsFlat()) {
      const text = (await client.getBlobClient(name).downloadToBuffer()).toString();
      outputs.push({ where: `blob ${container.name}/${name}`, text });
    }
  }
  return outputs;
}

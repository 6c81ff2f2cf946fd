import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { HostOptions } from '../../local/functions-host';
import { azuriteConnectionString, uniquePrefix } from '../azurite';
import { type SampleHost, sampleKey, startSampleHost, stopSampleHosts, until } from './sample-host';

afterEach(stopSampleHosts);

interface Bench {
  readonly host: SampleHost;
  readonly queue: QueueClient;
  readonly poison: QueueClient;
  readonly out: QueueClient;
  send(message: unknown): Promise<unknown>;
  seen(): readonly Record<string, unknown>[];
}

async function aBench(queues: object = {}, more: Partial<HostOptions> = {}): Promise<Bench> {
  const connectionString = await azuriteConnectionString();
  const prefix = uniquePrefix();
  const service = QueueServiceClient.fromConnectionString(connectionString);
  const open = (name: string): QueueClient => service.getQueueClient(`${prefix}-${name}`);
  const queue = open('jobs');
  const host = await startSampleHost({
    app: 'queues.js',
    hostJson: { extensions: { queues: { maxPollingInterval: '00:00:00.020', ...queues } } },
    settings: {
      AzureWebJobsSAMPLE_STORAGE: connectionString,
      SAMPLE_STORAGE: 'not looked at',
      QUEUE: queue.name,
      OUT: `${prefix}-out`,
    },
    more,
  });
  return {
    host,
    queue,
    poison: open('jobs-poison'),
    out: open('out'),
    send: (message) => sendText(queue, Buffer.from(asText(message)).toString('base64')),
    seen: () => host.said('collect').map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

async function sendText(queue: QueueClient, text: string): Promise<string> {
  await queue.createIfNotExists();
  return (await queue.sendMessage(text)).messageId;
}

function asText(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message);
}

async function count(queue: QueueClient): Promise<number> {
  return (await queue.getProperties()).approximateMessagesCount ?? 0;
}

async function textsOf(queue: QueueClient): Promise<string[]> {
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  return peekedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString()).sort();
}

test('a queue that does not exist yet is listened to, and a message that succeeded is deleted', async () => {
  const { queue, send, seen } = await aBench();
  const id = await send('hello');
  await until(() => seen().length);
  expect(seen()).toEqual([{ message: 'hello', id, dequeueCount: 1, queueTrigger: 'hello' }]);
  await until(async () => (await count(queue)) === 0);
});

test('a message comes with its pop receipt and times', async () => {
  const { host, send } = await aBench();
  await send('facts?');
  await until(() => host.said('collect').length === 2);
  expect(host.said('collect')[1]).toBe('["string","string"]');
});

test.each([
  ['a number', '123', 123],
  ['an array', '[1]', [1]],
  ['text that is no JSON', '{x', '{x'],
])('%s arrives parsed where it is JSON', async (_, text, message) => {
  const { send, seen } = await aBench();
  await send(text);
  await until(() => seen().length);
  expect(seen()[0]).toMatchObject({ message });
});

test("a JSON object's properties hide the queue's own metadata, but not arrays and nulls", async () => {
  const { send, seen } = await aBench();
  await send({ ID: 'mine', dequeueCount: null, queueTrigger: [1] });
  await until(() => seen().length);
  expect(seen()).toEqual([
    {
      message: { ID: 'mine', dequeueCount: null, queueTrigger: [1] },
      dequeueCount: 1,
      queueTrigger: { iD: 'mine', dequeueCount: null, queueTrigger: [1] },
    },
  ]);
});

test('a failing message comes again until maxDequeueCount, and is then moved to the poison queue', async () => {
  const { poison, queue, send, seen, host } = await aBench({ maxDequeueCount: 3 });
  const message = { fail: true };
  await send(message);
  await until(() => poison.exists());
  await until(async () => (await count(queue)) === 0);
  expect(seen().map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2, 3]);
  expect(await textsOf(poison)).toEqual([JSON.stringify(message)]);
  expect(host.entries.filter(({ message }) => message.includes('told to fail'))).toHaveLength(3);
});

test('a failing message of a poison queue is dropped, not poisoned again', async () => {
  const connectionString = await azuriteConnectionString();
  const name = `${uniquePrefix()}-poison`;
  const service = QueueServiceClient.fromConnectionString(connectionString);
  await sendText(service.getQueueClient(name), Buffer.from('{"fail":true}').toString('base64'));
  await startSampleHost({
    app: 'queues.js',
    hostJson: { extensions: { queues: { maxDequeueCount: 1 } } },
    settings: { SAMPLE_STORAGE: connectionString, QUEUE: name, OUT: 'unused' },
  });
  await until(async () => (await count(service.getQueueClient(name))) === 0);
  expect(await service.getQueueClient(`${name}-poison`).exists()).toBe(false);
});

test('a failed message is hidden for visibilityTimeout', async () => {
  const { queue, send, seen } = await aBench({ visibilityTimeout: '01:00:00' });
  await send({ fail: true });
  await until(() => seen().length);
  const isBack = async (): Promise<boolean> => (await queue.peekMessages()).peekedMessageItems.length > 0;
  for (let look = 0; look < 20; look += 1) expect(await isBack()).toBe(false);
  expect(await count(queue)).toBe(1);
});

test('a message that is not base64 goes to the poison queue unseen', async () => {
  const { queue, poison, seen } = await aBench();
  await sendText(queue, 'not base64!');
  await until(() => poison.exists());
  expect((await poison.peekMessages()).peekedMessageItems.map(({ messageText }) => messageText)).toEqual([
    'not base64!',
  ]);
  expect(seen()).toEqual([]);
});

test('with messageEncoding none the text is taken as it is', async () => {
  const { queue, seen } = await aBench({ messageEncoding: 'none' });
  await sendText(queue, 'plain text!');
  await until(() => seen().length);
  expect(seen()[0]).toMatchObject({ message: 'plain text!' });
});

test('a message under which the process of the app dies counts as failed and comes again', async () => {
  const { poison, send, seen } = await aBench({ maxDequeueCount: 2 });
  await send({ die: true });
  await until(() => poison.exists());
  expect(seen().map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2]);
});

test('no more than batchSize and newBatchThreshold messages run at once', async () => {
  const { send, seen } = await aBench({ batchSize: 2, newBatchThreshold: 1 });
  for (let index = 0; index < 5; index += 1) await send({ hold: 60_000 });
  // Two are taken, which is over the threshold of one: nothing more is.
  await until(() => seen().length === 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen()).toHaveLength(2);
});

test('the lease of a message is renewed while the function runs', async () => {
  const { send, seen, queue } = await aBench({}, { messageLeaseMs: 1_000 });
  await send({ hold: 1_700 });
  await until(() => seen().length);
  await until(async () => (await count(queue)) === 0);
  expect(seen().map(({ dequeueCount }) => dequeueCount)).toEqual([1]);
});

test('a message that is running when the host stops is given back at once, and never poisoned for it', async () => {
  const { host, send, seen, queue, poison } = await aBench({ maxDequeueCount: 1, visibilityTimeout: '01:00:00' });
  await send({ hold: 60_000 });
  await until(() => seen().length);
  await host.stop(10);
  expect((await queue.peekMessages()).peekedMessageItems).toHaveLength(1);
  expect(await poison.exists()).toBe(false);
});

test('a queue function can be run by hand, with an input', async () => {
  const { host, seen } = await aBench();
  const response = await host.request('/admin/functions/COLLECT', {
    method: 'POST',
    headers: { 'x-functions-key': sampleKey, 'content-type': 'application/json' },
    body: JSON.stringify({ input: 'by hand' }),
  });
  expect(response.status).toBe(202);
  await until(() => seen().length);
  expect(seen()).toEqual([{ message: 'by hand', queueTrigger: 'by hand' }]);
});

test.each([
  ['text', ['plain']],
  ['array', ['a', '{"b":1}']],
  ['object', ['{"c":2}']],
  ['nothing', []],
])('a queue output of kind %s is written, encoded, before the answer is sent', async (kind, texts) => {
  const { host, out } = await aBench();
  await out.createIfNotExists();
  expect((await host.request(`/api/sends/${kind}`)).status).toBe(202);
  expect(await textsOf(out)).toEqual(texts);
});

test('an output that can not be written makes the answer a 500', async () => {
  const { host } = await aBench();
  expect((await host.request('/api/sends-nowhere')).status).toBe(500);
});

test('a connection that no setting names stops the start', async () => {
  const settings = { QUEUE: 'a', OUT: 'b' };
  await expect(startSampleHost({ app: 'queues.js', settings })).rejects.toMatchObject({
    code: 'setting-missing',
    message: expect.stringContaining('set AzureWebJobsSAMPLE_STORAGE (or SAMPLE_STORAGE)'),
  });
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueServiceClient } from '@azure/storage-queue';
import { startAzurite } from '../../local/azurite';

const anyPorts = { blob: 0, queue: 0, table: 0 };

function aFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'local-azurite-')), 'data');
}

test('what was written is still there after a restart on the same folder', async () => {
  const folder = aFolder();
  const first = await startAzurite(folder, anyPorts);
  const queue = QueueServiceClient.fromConnectionString(first.connectionString).getQueueClient('kept');
  await queue.create();
  await queue.sendMessage('still here');
  await first.stop();
  expect(await first.ended).toBe('exit code 0');

  const second = await startAzurite(folder, anyPorts);
  const again = QueueServiceClient.fromConnectionString(second.connectionString).getQueueClient('kept');
  const { receivedMessageItems } = await again.receiveMessages();
  await second.stop();
  expect(receivedMessageItems.map(({ messageText }) => messageText)).toEqual(['still here']);
}, 20_000);

test('a port that is taken is said with what Azurite printed', async () => {
  const first = await startAzurite(aFolder(), anyPorts);
  const [, port] = /QueueEndpoint=http:\/\/127\.0\.0\.1:(\d+)/.exec(first.connectionString) ?? [];
  const second = startAzurite(aFolder(), { ...anyPorts, queue: Number(port) });
  await expect(second).rejects.toMatchObject({
    code: 'storage-unavailable',
    message: expect.stringMatching(/^Azurite ended as it was started[\s\S]*EADDRINUSE/),
  });
  await first.stop();
}, 20_000);

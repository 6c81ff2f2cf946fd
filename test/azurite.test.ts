import { TableClient } from '@azure/data-tables';
import { azuriteConnectionString, uniquePrefix } from './azurite';

test('the Azurite of this run keeps a row', async () => {
  const table = TableClient.fromConnectionString(await azuriteConnectionString(), uniquePrefix(), {
    allowInsecureConnection: true,
  });
  await table.createTable();
  await table.createEntity({ partitionKey: 'p', rowKey: 'r', text: 'kept ✓' });
  expect(await table.getEntity('p', 'r', { queryOptions: { select: ['text'] } })).toMatchObject({ text: 'kept ✓' });
});

test('prefixes differ and fit table and queue names', () => {
  const prefixes = Array.from({ length: 100 }, uniquePrefix);
  expect(new Set(prefixes).size).toBe(100);
  expect(prefixes.filter((prefix) => !/^t[0-9a-f]{11}$/.test(prefix))).toEqual([]);
});

import { TableClient } from '@azure/data-tables';
import { azuriteConnectionString } from '../azurite';
import { anApp } from './an-app';

/* Seen in a review: such a row of one customer kept everybody's audits from being planned. */
test('an open audit whose pointer somebody wrote over is given up, and its check is planned again', async () => {
  const checks = ['limit-status'];
  const { app, names, pass, close } = await anApp({ customers: [{ checks }, { checks }] });
  const [spoilt] = (await app.planDue()).claimed;
  const table = TableClient.fromConnectionString(await azuriteConnectionString(), `${names.tablePrefix}audits`, {
    allowInsecureConnection: true,
  });
  const rowKey = `a-${spoilt?.auditId}`;
  await table.updateEntity({ partitionKey: spoilt?.customerId ?? '', rowKey, state: 'x' }, 'Replace');
  await pass(16 * 60_000);
  await app.planDue();
  await pass(60_000);
  const { claimed } = await app.planDue();
  expect(claimed.map(({ customerId, check }) => [customerId, check])).toEqual([[spoilt?.customerId, 'limit-status']]);
  expect(claimed[0]?.auditId).not.toBe(spoilt?.auditId);
  close();
});

import { type QueueingApp, queueAllAudits } from '../../local/queue-all-audits';
import { AuditorError } from '../../src/auditor-error';

function anApp(leftTokens: number): { readonly app: QueueingApp; readonly asked: unknown[] } {
  const asked: unknown[] = [];
  // The cast holds: of a customer only id and checks are looked at.
  const customers = [
    { id: 'contoso', checks: ['token-limit'] },
    { id: 'nobody', checks: [] },
  ] as unknown as QueueingApp['config']['customers'];
  const app: QueueingApp = {
    config: { gateways: [], customers, schedules: {} as QueueingApp['config']['schedules'], alerts: [] },
    queueAudits: async (wanted, trigger) => {
      asked.push({ wanted, trigger });
      if (leftTokens === 0) throw new AuditorError('budget-spent', 'Nothing is left today.');
      return { claimed: [{ customerId: 'contoso', auditId: '1' }], refused: [{ customerId: 'contoso', auditId: '2' }] };
    },
  };
  return { app, asked };
}

test('the checks of each customer are queued together, and those that were under way are awaited as well', async () => {
  const { app, asked } = anApp(100);
  expect(await queueAllAudits(app)).toEqual({
    audits: [
      { customerId: 'contoso', auditId: '1' },
      { customerId: 'contoso', auditId: '2' },
    ],
    leftOut: [],
  });
  expect(asked).toEqual([{ wanted: [{ customerId: 'contoso', check: 'token-limit' }], trigger: 'timer' }]);
});

test('what the budget of the day does not pay for is left out and said', async () => {
  expect(await queueAllAudits(anApp(0).app)).toEqual({ audits: [], leftOut: ['Nothing is left today.'] });
});

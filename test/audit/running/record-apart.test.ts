import { recordApart } from '../../../src/audit/running/record-apart';
import { anApp } from '../../app/an-app';
import { anOrder, aReportDraft, someEvidence } from '../a-report-draft';

// Seen: verification took the pointer for tampered with, since it still named the attempt that had broken off.
test('a record that somebody broke off at is made by the next, and verifies', async () => {
  const { app, storage, clock, close } = await anApp();
  await storage.prepare();
  const order = anOrder();
  const record = { order, evidence: someEvidence(), draftAt: () => aReportDraft() };
  await storage.history.insertPointer(order, clock.nowMs());
  await storage.history.beginAttempt(order.customerId, order.auditId, clock.nowMs());
  const report = await recordApart(record, { storage, clock });
  expect(await recordApart(record, { storage, clock })).toEqual(report);
  expect(await app.integrity('contoso')).toMatchObject({ intact: true, audits: 1 });
  close();
});

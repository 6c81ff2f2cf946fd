import { openApim } from '../../../src/adapters/apim/open-apim';
import { checks } from '../../../src/audit/checks';
import { rejudge } from '../../../src/audit/history/rejudge';
import { auditNow } from '../../../src/audit/running/audit-now';
import { healthyApim, healthyCustomer, healthyGateway } from '../../adapters/apim/a-healthy-apim';
import { type ArmServer, startArm } from '../../adapters/apim/arm-server';
import { anApp, type TestApp } from '../../app/an-app';
import { aDeclaration } from '../a-declaration';

/* On real storage: what an audit of the configuration leaves behind, and what the next one knows of it. */

let tested: TestApp;
let server: ArmServer;
afterEach(async () => {
  tested.close();
  await server.close();
});

const declared = aDeclaration({ ...healthyCustomer, maxTokensPerDay: 1 }, healthyGateway);

async function auditConfiguration(auditId: string) {
  const { storage, clock } = tested;
  const readApim = openApim(declared, { ...server.options, clock });
  if (readApim === undefined) throw new Error('There is nothing to read.');
  const [report] = await auditNow(
    [{ customerId: 'contoso', gatewayId: 'main', check: 'config-drift', scheduledMs: clock.nowMs() }],
    { trigger: 'cli', parallel: 1 },
    {
      clock,
      checks,
      openGateway: () => ({
        send: () => Promise.reject(new Error('It sends no probe.')),
        readApim,
        close: async () => undefined,
      }),
      declarationOf: () => declared,
      newId: () => auditId,
      keep: { storage },
    },
  );
  if (report === undefined) throw new Error('No audit.');
  return report;
}

const ids = ['0192f0c1-0000-7000-8000-000000000001', '0192f0c1-0000-7000-8000-000000000002'] as const;

test('it costs no token, waits for no probing audit, and can be judged again from what is stored', async () => {
  tested = await anApp();
  await tested.storage.prepare();
  server = await startArm(healthyApim);
  // Another audit has the counter, and the day's budget pays for no probe.
  const nowMs = tested.clock.nowMs();
  await tested.storage.leases.take(['counter contoso', 'gateway main'], 'another audit', {
    nowMs,
    untilMs: nowMs + 3_600_000,
  });
  const report = await auditConfiguration(ids[0]);
  expect(report).toMatchObject({ check: 'config-drift', verdict: 'pass', sequence: 1, summary: { probes: 0 } });
  const stored = await tested.storage.history.readReport('contoso', ids[0]);
  if (stored === null) throw new Error('Nothing is stored.');
  expect(stored.evidence.apimReading?.configuration.hashes).toEqual(report.estimate.configuration);
  expect(rejudge(stored.report, stored.evidence, checks)).toMatchObject({
    after: 'pass',
    changes: [],
    findings: report.findings,
  });
});

test('the next one tells what has changed since, and keeps what it knew of the last one', async () => {
  tested = await anApp();
  await tested.storage.prepare();
  server = await startArm(healthyApim);
  await auditConfiguration(ids[0]);
  await server.close();
  server = await startArm({ ...healthyApim, '/policyFragments/metrics': '<fragment />' });
  const report = await auditConfiguration(ids[1]);
  expect(report.findings.at(-1)).toMatchObject({
    rule: 'configuration-changes',
    observed: 'fragment metrics has changed',
  });
  const stored = await tested.storage.history.readReport('contoso', ids[1]);
  expect(stored?.evidence.earlierAudits).toMatchObject([{ check: 'config-drift', auditId: ids[0] }]);
  expect(
    rejudge(report, stored?.evidence ?? { exchanges: [], priorCharges: [], ledgerSinceMs: 0 }, checks).findings,
  ).toEqual(report.findings);
});

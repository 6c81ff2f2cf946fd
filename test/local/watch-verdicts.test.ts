import { tellVerdicts } from '../../local/tell-verdicts';
import { type WatchedApp, watchVerdicts } from '../../local/watch-verdicts';
import type { AuditRecord } from '../../src/audit/history/read-audit';
import { createManualClock } from './manual-clock';

type State = 'queued' | 'running' | 'done';

/** An app whose audits are what the test says; all that is stored is a map. */
function anApp() {
  const audits = new Map<string, AuditRecord>();
  const app: WatchedApp = {
    limitStatuses: async () => {
      const done = [...audits.values()].filter(({ state }) => state === 'done');
      return {
        customers: done.map(({ customerId, check, auditId }) => ({ customerId, verdicts: { [check]: { auditId } } })),
        continuationToken: null,
      };
    },
    readAudit: async (_, auditId) => {
      const found = audits.get(auditId);
      if (!found) throw new Error(`storage has no ${auditId}`);
      return found;
    },
  };
  const set = (auditId: string, state: State, more: object = {}): void => {
    // The cast holds for what is looked at: the rest of a report is never read here.
    audits.set(auditId, {
      auditId,
      customerId: auditId,
      check: 'token-limit',
      state,
      ...more,
    } as unknown as AuditRecord);
  };
  return { app, set };
}

const finding = { rule: 'limit-value', expected: 'e', observed: 'o', because: 'the limit is twice the declared.' };

function watch(app: WatchedApp, awaited: readonly string[], known: readonly string[] = []) {
  const clock = createManualClock(0);
  const lines: string[] = [];
  const stopping = new AbortController();
  const ended = watchVerdicts(
    {
      app,
      clock,
      pollMs: 1_000,
      awaited: awaited.map((auditId) => ({ customerId: auditId, auditId })),
      known: new Set(known),
      ...tellVerdicts((line) => lines.push(line), clock, 'plain'),
    },
    stopping.signal,
  );
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  return { lines, clock, stop };
}

test('progress is told when it changes, verdicts once, and the end of what was awaited', async () => {
  const { app, set } = anApp();
  set('contoso', 'running');
  set('northwind', 'queued');
  set('old', 'done', { verdict: 'pass', findings: [], finishedAt: '0' });
  const { lines, clock, stop } = watch(app, ['contoso', 'northwind'], ['old']);
  await clock.advanceTo(5_000);
  set('contoso', 'done', {
    verdict: 'pass',
    findings: [
      { ...finding, verdict: 'pass', rule: 'limit-enforced' },
      { ...finding, verdict: 'pass' },
    ],
    finishedAt: '1',
  });
  set('northwind', 'running');
  await clock.advanceTo(10_000);
  set('northwind', 'done', { verdict: 'fail', findings: [{ ...finding, verdict: 'fail' }], finishedAt: '2' });
  set('later', 'done', {
    verdict: 'inconclusive',
    findings: [],
    stoppedBecause: 'the budget is spent',
    finishedAt: '3',
  });
  await clock.advanceTo(20_000);
  await stop();
  expect(lines).toEqual([
    '… running token-limit of contoso; 1 waiting',
    'contoso      token-limit       pass         limit-enforced, limit-value',
    '… running token-limit of northwind; 0 waiting',
    'northwind    token-limit       fail         limit-value: the limit is twice the declared.',
    'later        token-limit       inconclusive the budget is spent',
    'Done: 1 pass, 1 fail, 1 inconclusive. From here on audits run on schedule.',
  ]);
});

test('progress that does not change is told again now and then', async () => {
  const { app, set } = anApp();
  set('contoso', 'queued');
  const { lines, clock, stop } = watch(app, ['contoso']);
  await clock.advanceTo(61_000);
  await stop();
  expect(lines).toEqual(['… 1 waiting', '… 1 waiting', '… 1 waiting']);
});

test('trouble is told once and watching goes on', async () => {
  const { app, set } = anApp();
  const { lines, clock, stop } = watch(app, ['contoso']);
  await clock.advanceTo(5_000);
  set('contoso', 'running');
  await clock.advanceTo(6_000);
  await stop();
  expect(lines).toEqual(['trouble: storage has no contoso', '… running token-limit of contoso; 0 waiting']);
});

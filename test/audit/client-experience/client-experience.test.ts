import { sdkOnAClock } from '../../../exam/sdk-on-a-clock';
import { parseSimulatorConfig } from '../../../simulator/config';
import { createEngine } from '../../../simulator/engine';
import { createRandom } from '../../../simulator/random';
import type { Evidence } from '../../../src/audit/check';
import { clientExperience } from '../../../src/audit/checks/client-experience';
import { judgeClientExperience } from '../../../src/audit/client-experience/judge';
import type { LimiterKind } from '../../../src/audit/declaration';
import { runAudit } from '../../../src/audit/running/run-audit';
import type { Exchange, SdkOutcome } from '../../../src/probe/exchange';
import { tokenLimitSdk } from '../../fixtures/recorded-runs.json';
import { anExchange } from '../../probe/an-exchange';
import { virtualClock } from '../../virtual-clock';
import { aDeclaration } from '../a-declaration';
import { engineGateway, keyOf } from '../usage/engine-gateway';

const startMs = Date.UTC(2026, 0, 5, 12, 0, 20);

/** An audit of a customer of a simulated gateway, its SDK on the same clock. */
async function audit(setting: {
  readonly limiter?: LimiterKind;
  readonly faults?: readonly { readonly name: string; readonly [parameter: string]: unknown }[];
  readonly tokensPerMinute?: number;
  readonly dedicated?: boolean;
  readonly declaredLimiter?: LimiterKind | 'unknown';
}) {
  const { limiter = 'sliding-window', faults = [], tokensPerMinute = 1000, dedicated = true } = setting;
  const clock = virtualClock(startMs);
  const customer = { id: 'contoso', key: keyOf('contoso'), tokensPerMinute, limiter, faults: [...faults] };
  const engine = createEngine(parseSimulatorConfig({ customers: [customer] }), { random: createRandom(1) });
  const declared = aDeclaration(
    { dedicated, tokensPerMinute },
    { endpoint: 'http://127.0.0.1/aoai', limiter: setting.declaredLimiter ?? limiter },
  );
  const sendProbe = engineGateway(engine, clock, declared);
  const { draft } = await runAudit(
    {
      order: {
        auditId: '019b8e1e-4c00-7000-8000-000000000001',
        customerId: 'contoso',
        gatewayId: 'main',
        check: 'client-experience',
        trigger: 'timer',
        scheduledAt: new Date(startMs).toISOString(),
      },
      check: clientExperience,
      declared,
      priorCharges: [],
      ledgerSinceMs: 0,
      bounds: { tokens: 10_000_000, probes: 1000, endsAtMs: startMs + 1_800_000 },
    },
    { sendProbe, callSdk: sdkOnAClock(sendProbe, clock), clock },
  );
  return draft;
}

describe('an honest gateway is not blamed', () => {
  test.each(
    (['sliding-window', 'token-bucket', 'fixed-window'] as const).flatMap((limiter) =>
      [60, 100, 1_000, 100_000].map((tokensPerMinute) => ({ limiter, tokensPerMinute })),
    ),
  )('$limiter of $tokensPerMinute: pass, and the SDK hid the refusals', async (setting) => {
    const { findings, estimate } = await audit(setting);
    expect(findings.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual(['sdk-completes pass']);
    expect(estimate.sdk?.answeredCalls).toBe(3);
    expect(estimate.sdk?.attempts).toBeGreaterThan(3);
  });
});

describe('a Retry-After that leads the SDK astray', () => {
  test.each([
    { fault: { name: 'retry-after-missing' }, verdict: 'fail' },
    { fault: { name: 'retry-after-unreadable' }, verdict: 'fail' },
    { fault: { name: 'retry-after-constant', seconds: 5 }, verdict: 'fail' },
    { fault: { name: 'retry-after-too-long', seconds: 30 }, verdict: 'fail' },
    // Half the wait and then half of what is left: the third attempt is still refused.
    { fault: { name: 'retry-after-too-short', factor: 0.3 }, verdict: 'fail' },
  ])('$fault.name: $verdict', async ({ fault, verdict }) => {
    const draft = await audit({ faults: [fault] });
    expect(draft.findings.map((finding) => `${finding.rule} ${finding.verdict}`)).toEqual([`sdk-completes ${verdict}`]);
    expect(draft.estimate.sdk?.answeredCalls).toBeLessThan(3);
  });

  test('is not told apart from others on the counter, where the key is shared', async () => {
    const draft = await audit({ faults: [{ name: 'retry-after-constant' }], dedicated: false });
    expect(draft.verdict).toBe('inconclusive');
  });
});

describe('the facts', () => {
  test('are those of the recorded scenario: long calls instead of refusals', () => {
    expect(judgeClientExperience(recordedEvidence())).toEqual({
      findings: [
        {
          rule: 'sdk-completes',
          verdict: 'pass',
          expected: "every call of the SDK answered, or an error that the gateway's honest answers explain",
          observed: '5 of 5 calls answered after 8 attempts, the longest in 45.8 s',
          because: 'The caller got an answer each time.',
        },
      ],
      estimate: {
        sdk: {
          calls: 5,
          answeredCalls: 5,
          attempts: 8,
          longestCallMs: 45_820,
          longestWaitMs: 44_820,
          hammeredAttempts: 0,
          lostMessages: 0,
        },
      },
    });
  });

  test('tell attempts made too early, and messages that were lost', () => {
    const outcome = { tookMs: 900, error: 'RateLimitError', keptMessage: false };
    const attempts = [
      refusal(1, 0, 90),
      refusal(1, 400, 90),
      { ...refusal(1, 900, 90), sdk: { call: 1, attempt: 2, outcome } },
    ];
    const { estimate, findings } = judgeClientExperience(evidenceOf(attempts));
    expect(estimate.sdk).toMatchObject({ answeredCalls: 0, attempts: 3, hammeredAttempts: 2, lostMessages: 1 });
    expect(findings[0]?.verdict).toBe('inconclusive');
  });

  test('an error that is not the token limit blames nobody', () => {
    const outcome = { tookMs: 900, error: 'InternalServerError', keptMessage: null };
    const attempt = anExchange({ status: 502, usage: null, sdk: { call: 1, attempt: 0, outcome } });
    expect(judgeClientExperience(evidenceOf([attempt])).findings[0]?.verdict).toBe('inconclusive');
  });

  test('no call decides nothing', () => {
    expect(judgeClientExperience(evidenceOf([anExchange()])).findings[0]?.verdict).toBe('inconclusive');
  });
});

/** The recorded calls, a refusal before each that took longer than an answer can. */
function recordedEvidence(): Evidence {
  let atMs = startMs;
  const exchanges: Exchange[] = [];
  for (const [index, recorded] of (tokenLimitSdk.runs[0] ?? []).entries()) {
    const call = index + 1;
    const tookMs = Math.round(recorded.seconds * 1000);
    const outcome: SdkOutcome = { tookMs, error: null, keptMessage: null };
    const waitedMs = tookMs > 5_000 ? tookMs - 1_000 : 0;
    if (waitedMs > 0) exchanges.push(refusal(call, atMs - startMs, Math.floor(waitedMs / 1000)));
    const sentMs = atMs + waitedMs;
    const receivedMs = atMs + tookMs;
    const usage = { prompt: recorded.consumed - 10, completion: 10, total: recorded.consumed };
    exchanges.push(anExchange({ sentMs, receivedMs, usage, sdk: { call, attempt: waitedMs > 0 ? 1 : 0, outcome } }));
    atMs = receivedMs + tokenLimitSdk.pauseSeconds * 1000;
  }
  return evidenceOf(exchanges);
}

function refusal(call: number, afterMs: number, waitSeconds: number): Exchange {
  return anExchange({
    sentMs: startMs + afterMs,
    receivedMs: startMs + afterMs,
    status: 429,
    usage: null,
    backend: null,
    refusedBy: 'gateway-token-limit',
    retryAfterMs: waitSeconds * 1000,
    headers: { 'retry-after': String(waitSeconds) },
    sdk: { call, attempt: 0 },
  });
}

function evidenceOf(exchanges: readonly Exchange[]): Evidence {
  return {
    declared: aDeclaration({ dedicated: true, tokensPerMinute: 100 }, { limiter: 'sliding-window' }),
    startedMs: startMs,
    finishedMs: startMs,
    exchanges,
    priorCharges: [],
    ledgerSinceMs: 0,
    stoppedBecause: 'the SDK made its calls',
  };
}

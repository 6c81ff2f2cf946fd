import type { AuditState, Evidence } from '../../../src/audit/check';
import { limitStatus } from '../../../src/audit/checks/limit-status';
import type { Exchange } from '../../../src/probe/exchange';
import { smallestProbe } from '../../../src/probe/smallest-probe';
import { anExchange } from '../../probe/an-exchange';
import { aDeclaration } from '../a-declaration';

const healthy = { 'consumed-tokens': '11', 'remaining-tokens': '89', 'x-ms-region': 'Sweden Central' };

function answered(overrides: Partial<Exchange> = {}): Exchange {
  return anExchange({ headers: healthy, backend: 'Sweden Central', ...overrides });
}

function refusal(status: number, overrides: Partial<Exchange> = {}): Exchange {
  return anExchange({ status, usage: null, backend: null, headers: {}, refusedBy: null, ...overrides });
}

const down = refusal(502);
const noAnswer = anExchange({ status: null, usage: null, error: { kind: 'reset', detail: 'reset' }, headers: {} });
const badKey = refusal(401);
const html = anExchange({ usage: null, error: { kind: 'not-json', detail: 'text/html' }, headers: {}, backend: null });
const tokenLimit = refusal(429, { refusedBy: 'gateway-token-limit' });
const quota = refusal(403, { refusedBy: 'gateway-quota' });
const forbidden = refusal(403, { refusedBy: 'unknown' });

function evidence(exchanges: readonly Exchange[], declared = aDeclaration()): Evidence {
  return {
    declared,
    exchanges,
    startedMs: 0,
    finishedMs: 9,
    priorCharges: [],
    ledgerSinceMs: 0,
    stoppedBecause: 'it ended',
  };
}

function verdictsOf(exchanges: readonly Exchange[], declared = aDeclaration()): Record<string, string> {
  const { findings } = limitStatus.judge(evidence(exchanges, declared));
  return Object.fromEntries(findings.map(({ rule, verdict }) => [rule, verdict]));
}

describe('limit-status judges reachable', () => {
  test.each<[string, readonly Exchange[], string]>([
    ['an answer passes', [answered()], 'pass'],
    ["a refusal by the gateway's token limit passes: it answered", [tokenLimit], 'pass'],
    ['a quota refusal passes', [quota], 'pass'],
    ["the model's own 429 passes", [refusal(429, { refusedBy: 'model' })], 'pass'],
    ['three 502 fail', [down, down, down], 'fail'],
    ['three times no answer fails', [noAnswer, noAnswer, noAnswer], 'fail'],
    ['no answer and 5xx mixed fail', [noAnswer, down, noAnswer], 'fail'],
    [
      'a 502 of HTML, three times running, fails whatever the body',
      [502, 502, 502].map((s) => refusal(s, { error: html.error })),
      'fail',
    ],
    ['the key refused three times fails', [badKey, badKey, badKey], 'fail'],
    ['a 403 that is no quota refusal, three times, fails', [forbidden, forbidden, forbidden], 'fail'],
    ['a single 502 and then an answer passes', [down, answered()], 'pass'],
    ['two 502 decide nothing yet', [down, down], 'inconclusive'],
    ['a page of HTML decides nothing', [html, html, html], 'inconclusive'],
    [
      'a 429 of HTML decides nothing: it names nobody',
      [429, 429, 429].map((status) => refusal(status, { error: html.error, refusedBy: 'unknown' })),
      'inconclusive',
    ],
    ['a wrong path decides nothing', [404, 404, 404].map((status) => refusal(status)), 'inconclusive'],
    ['a redirect decides nothing', [302, 302, 302].map((status) => refusal(status)), 'inconclusive'],
    ['two failures and a page of HTML decide nothing', [down, html, down], 'inconclusive'],
    ['nothing asked decides nothing', [], 'inconclusive'],
  ])('%s', (_name, exchanges, verdict) => {
    expect(verdictsOf(exchanges)).toMatchObject({ reachable: verdict });
  });
});

describe('limit-status judges headers-present', () => {
  const { 'remaining-tokens': _, ...withoutRemaining } = healthy;

  test.each<[string, readonly Exchange[], string | undefined]>([
    ['all declared headers pass', [answered()], 'pass'],
    ['one missing fails', [answered({ headers: withoutRemaining, remainingTokens: null })], 'fail'],
    ['none at all may be a cached answer', [answered({ headers: {}, backend: null })], 'inconclusive'],
    ['a refusal carries none: the rule has no occasion', [tokenLimit], undefined],
    ['a broken answer is no answer of a model', [html, html, html], undefined],
  ])('%s', (_name, exchanges, verdict) => {
    expect(verdictsOf(exchanges)['headers-present']).toBe(verdict);
  });

  test('gives no finding where no header is declared', () => {
    const headers = {
      consumedTokens: null,
      remainingTokens: null,
      remainingQuotaTokens: null,
      retryAfter: null,
      backend: null,
    };
    expect(verdictsOf([answered({ headers: {} })], aDeclaration({}, { headers }))).toEqual({ reachable: 'pass' });
  });

  test('names the header that is missing', () => {
    expect(limitStatus.judge(evidence([answered({ headers: withoutRemaining })])).findings[1]).toEqual({
      rule: 'headers-present',
      verdict: 'fail',
      expected: 'consumed-tokens, remaining-tokens, x-ms-region on each answer',
      observed: 'remaining-tokens missing',
      because: 'A header that is declared is missing on an answer of the model.',
    });
  });
});

describe('limit-status asks', () => {
  function state(exchanges: readonly Exchange[], nowMs = 1_000_300): AuditState {
    return { ...evidence(exchanges), nowMs, inFlight: 0, seed: 1 };
  }

  test('exactly one smallest probe when all is well', () => {
    expect(limitStatus.next(state([]))).toEqual({
      do: 'send',
      phase: 'asking once',
      probes: [smallestProbe('status')],
    });
    expect(limitStatus.next(state([answered()]))).toEqual({ do: 'stop', because: 'the gateway answered' });
    expect(limitStatus.next(state([tokenLimit]))).toEqual({ do: 'stop', because: 'the gateway answered' });
  });

  test('two more, after a pause each, when there is no usable answer', () => {
    expect(limitStatus.next(state([down]))).toEqual({ do: 'wait', phase: 'asking again', untilMs: 1_002_300 });
    const again = { do: 'send', phase: 'asking again', probes: [smallestProbe('confirm')] };
    expect(limitStatus.next(state([down], 1_002_300))).toEqual(again);
    expect(limitStatus.next(state([down, noAnswer], 1_002_300))).toEqual(again);
    expect(limitStatus.next(state([down, noAnswer, badKey], 1_002_300))).toEqual({
      do: 'stop',
      because: '3 probes got no usable answer',
    });
  });

  test('nothing while a probe is under way', () => {
    const waiting = limitStatus.next({ ...state([]), inFlight: 1 });
    expect(waiting).toEqual({ do: 'wait', phase: 'asking once', untilMs: Number.POSITIVE_INFINITY });
  });
});

import type { AuditState, Evidence } from '../../../src/audit/check';
import { access } from '../../../src/audit/checks/access';
import type { Credential, Exchange } from '../../../src/probe/exchange';
import { smallestProbe } from '../../../src/probe/smallest-probe';
import { anExchange } from '../../probe/an-exchange';
import { aDeclaration } from '../a-declaration';

function with_(credential: Credential, overrides: Partial<Exchange>): Exchange {
  return anExchange({ asked: { ...smallestProbe(credential), credential }, ...overrides });
}

const ok: Partial<Exchange> = { status: 200 };
const refused: Partial<Exchange> = { status: 401, usage: null };
const forbidden: Partial<Exchange> = { status: 403, usage: null, refusedBy: 'unknown' };
const quota: Partial<Exchange> = { status: 403, usage: null, refusedBy: 'gateway-quota' };
const limited: Partial<Exchange> = { status: 429, usage: null, refusedBy: 'gateway-token-limit' };
const down: Partial<Exchange> = { status: 503, usage: null };
const page: Partial<Exchange> = { status: 200, usage: null, error: { kind: 'not-json', detail: 'text/html' } };
const silent: Partial<Exchange> = { status: null, usage: null, error: { kind: 'reset', detail: 'reset' } };

function evidence(exchanges: readonly Exchange[]): Evidence {
  const declared = aDeclaration();
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

const ruleOf = { none: 'no-key-refused', wrong: 'bad-key-refused', customer: 'key-works' } as const;

describe('access judges', () => {
  test.each<[string, Credential, Partial<Exchange>, string]>([
    ['no key refused with 401 passes', 'none', refused, 'pass'],
    ['no key refused with 403 passes', 'none', forbidden, 'pass'],
    ['no key answered by a model fails', 'none', ok, 'fail'],
    ['no key answered by a page of HTML decides nothing', 'none', page, 'inconclusive'],
    ['no key met by a limit decides nothing', 'none', limited, 'inconclusive'],
    ['no key and no answer decides nothing', 'none', silent, 'inconclusive'],
    ['a wrong key refused passes', 'wrong', refused, 'pass'],
    ['a wrong key answered by a model fails', 'wrong', ok, 'fail'],
    ['a wrong key and a gateway that is down decides nothing', 'wrong', down, 'inconclusive'],
    ["the customer's key answered passes", 'customer', ok, 'pass'],
    ["the customer's key at its limit passes", 'customer', limited, 'pass'],
    ["the customer's key at its quota passes", 'customer', quota, 'pass'],
    ["the customer's key refused with 401 fails", 'customer', refused, 'fail'],
    ["the customer's key refused with a 403 that is no quota fails", 'customer', forbidden, 'fail'],
    ["the customer's key and a page of HTML decides nothing", 'customer', page, 'inconclusive'],
    ["the customer's key and a 403 of HTML decides nothing", 'customer', { ...page, status: 403 }, 'inconclusive'],
    ['no key and a 403 of HTML decides nothing', 'none', { ...page, status: 403 }, 'inconclusive'],
    [
      "the customer's key and a 429 that breaks off decides nothing",
      'customer',
      { ...page, status: 429 },
      'inconclusive',
    ],
    ["the customer's key and a gateway that is down decides nothing", 'customer', down, 'inconclusive'],
  ])('%s', (_name, credential, answer, verdict) => {
    const { findings } = access.judge(evidence([with_(credential, answer)]));
    expect(findings.find(({ rule }) => rule === ruleOf[credential])?.verdict).toBe(verdict);
  });

  test('the try that decides, not the one before it', () => {
    const { findings } = access.judge(evidence([with_('none', down), with_('none', refused)]));
    expect(findings[0]).toEqual({
      rule: 'no-key-refused',
      verdict: 'pass',
      expected: '401 or 403',
      observed: 'status 401',
      because: 'Without a key nobody gets in.',
    });
  });

  test('what was never asked is inconclusive', () => {
    expect(access.judge(evidence([])).findings.map(({ verdict }) => verdict)).toEqual(Array(3).fill('inconclusive'));
  });
});

describe('access asks', () => {
  function state(exchanges: readonly Exchange[], nowMs = 2_000_000): AuditState {
    return { ...evidence(exchanges), nowMs, inFlight: 0, seed: 1 };
  }
  const probes = (credentials: readonly Credential[]) =>
    credentials.map((credential) => ({ ...smallestProbe(credential), credential }));

  test('once with no key, a wrong one and the right one', () => {
    expect(access.next(state([]))).toMatchObject({ do: 'send', probes: probes(['none', 'wrong', 'customer']) });
    const all = [with_('none', refused), with_('wrong', refused), with_('customer', ok)];
    expect(access.next(state(all))).toEqual({ do: 'stop', because: 'every kind of key was tried' });
  });

  test('again, after a pause, only for what decided nothing, three times at most', () => {
    const first = [with_('none', refused), with_('wrong', down), with_('customer', ok)];
    expect(access.next(state(first, 1_000_300))).toMatchObject({ do: 'wait', untilMs: 1_002_300 });
    expect(access.next(state(first))).toMatchObject({ do: 'send', probes: probes(['wrong']) });
    const third = [...first, with_('wrong', down), with_('wrong', down)];
    expect(access.next(state(third))).toMatchObject({ do: 'stop' });
  });
});

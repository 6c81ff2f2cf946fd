import type { Credential, Exchange } from '../../probe/exchange';
import { smallestProbe } from '../../probe/smallest-probe';
import type { AuditState, Check, Evidence, Judgement, Step } from '../check';
import type { Finding, Verdict } from '../verdict';
import { type AnswerKind, answerKindOf, describeAnswer } from './answer-kind';

/** Does the gateway let in who has a key, and nobody else? */
export const access: Check = {
  name: 'access',
  saturates: false,
  next: nextAccess,
  judge: judgeAccess,
};

const credentials: readonly Credential[] = ['none', 'wrong', 'customer'];
/** A try that decides nothing (a gateway that is down, a page of HTML) is made again. */
const mostTries = 3;
const pauseMs = 2_000;

function nextAccess({ exchanges, inFlight, nowMs }: AuditState): Step {
  const phase = 'asking without a key, with a wrong one, with the right one';
  if (inFlight > 0) return { do: 'wait', phase, untilMs: Number.POSITIVE_INFINITY };
  const open = credentials.filter((credential) => {
    const tries = triesWith(exchanges, credential);
    return tries.length < mostTries && !tries.some((exchange) => decides(credential, exchange));
  });
  if (open.length === 0) return { do: 'stop', because: 'every kind of key was tried' };
  const last = exchanges.at(-1);
  const againMs = last === undefined ? nowMs : last.receivedMs + pauseMs;
  if (nowMs < againMs) return { do: 'wait', phase: 'asking again', untilMs: againMs };
  return { do: 'send', phase, probes: open.map((credential) => ({ ...smallestProbe(credential), credential })) };
}

function judgeAccess({ exchanges, stoppedBecause }: Evidence): Judgement {
  const findings = credentials.map((credential) => {
    const tries = triesWith(exchanges, credential);
    return judgeCredential(credential, tries, stoppedBecause);
  });
  return { findings, estimate: {} };
}

function triesWith(exchanges: readonly Exchange[], credential: Credential): readonly Exchange[] {
  return exchanges.filter((exchange) => exchange.asked.credential === credential);
}

function decides(credential: Credential, exchange: Exchange): boolean {
  return verdictOf(credential, answerKindOf(exchange)) !== 'inconclusive';
}

/** Anything else than an answer or a refusal of the key decides nothing; a right key may also meet its limit. */
function verdictOf(credential: Credential, kind: AnswerKind): Verdict {
  if (kind === 'answered') return credential === 'customer' ? 'pass' : 'fail';
  if (kind === 'key-refused') return credential === 'customer' ? 'fail' : 'pass';
  if (kind === 'limited' && credential === 'customer') return 'pass';
  return 'inconclusive';
}

const rules = { none: 'no-key-refused', wrong: 'bad-key-refused', customer: 'key-works' } as const;

const because: Readonly<Record<Credential, Readonly<Record<Verdict, string>>>> = {
  none: {
    pass: 'Without a key nobody gets in.',
    fail: 'A model answered although no key was shown.',
    inconclusive: 'What came back neither answers nor refuses the missing key.',
  },
  wrong: {
    pass: 'A key that nobody has is refused.',
    fail: 'A model answered although the key belongs to nobody.',
    inconclusive: 'What came back neither answers nor refuses the wrong key.',
  },
  customer: {
    pass: "The customer's key gets in, or as far as its own limit.",
    fail: "The customer's own key was refused.",
    inconclusive: "What came back neither answers nor refuses the customer's key.",
  },
};

function judgeCredential(credential: Credential, tries: readonly Exchange[], stoppedBecause: string): Finding {
  const deciding = tries.find((exchange) => decides(credential, exchange));
  const verdict = deciding === undefined ? 'inconclusive' : verdictOf(credential, answerKindOf(deciding));
  const observed = deciding === undefined ? tries.map(describeAnswer).join(', ') : describeAnswer(deciding);
  return {
    rule: rules[credential],
    verdict,
    expected: credential === 'customer' ? '2xx, or a refusal by a limit or a quota' : '401 or 403',
    observed: observed || 'not asked',
    because: tries.length === 0 ? `Nothing was asked: ${stoppedBecause}.` : because[credential][verdict],
  };
}

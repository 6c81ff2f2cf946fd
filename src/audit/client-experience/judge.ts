import type { Exchange } from '../../probe/exchange';
import { costOf } from '../charges';
import type { Evidence, Judgement } from '../check';
import type { Finding, Verdict } from '../verdict';
import { type SdkCall, sdkCallsOf, sdkEstimateOf } from './sdk-calls';

/**
 * Whether the SDK's callers get through. The gateway is judged only on what it sent: a call that failed blames it where
 * the header that the SDK reads was not there, could not be read, or was false; not where the SDK gave up too early.
 */
export function judgeClientExperience(evidence: Evidence): Judgement {
  const calls = sdkCallsOf(evidence.exchanges);
  const sdk = sdkEstimateOf(calls);
  const rule = 'sdk-completes';
  const expected = "every call of the SDK answered, or an error that the gateway's honest answers explain";
  if (calls.length === 0) {
    const because = `The SDK made no call: ${evidence.stoppedBecause}.`;
    return { findings: [{ rule, verdict: 'inconclusive', expected, observed: 'no call', because }], estimate: {} };
  }
  const judged = calls.map((call) => judgeCall(call, evidence));
  const observed = `${sdk.answeredCalls} of ${sdk.calls} calls answered after ${sdk.attempts} attempts, the longest in ${seconds(sdk.longestCallMs)} s`;
  const worst = (['fail', 'inconclusive', 'pass'] as const).flatMap((verdict) =>
    judged.filter((one) => one.verdict === verdict),
  )[0];
  const because =
    judged.find(({ isError, verdict }) => isError && verdict === worst?.verdict)?.because ?? worst?.because;
  const finding: Finding = {
    rule,
    verdict: worst?.verdict ?? 'inconclusive',
    expected,
    observed,
    because: because ?? '',
  };
  return { findings: [finding], estimate: { sdk } };
}

interface JudgedCall {
  readonly verdict: Verdict;
  readonly because: string;
  readonly isError: boolean;
}

const slackMs = 2_000;
const windowMs = 60_000;

function judgeCall({ attempts, outcome }: SdkCall, evidence: Evidence): JudgedCall {
  const last = attempts.at(-1);
  // The SDK hands any 2xx to its caller, a portal's page as well.
  if (outcome.error === null && last !== undefined && last.error !== null) {
    const because = `What the SDK gave its caller was no usable answer: ${last.error.detail}.`;
    return { verdict: 'inconclusive', because, isError: true };
  }
  if (outcome.error === null)
    return { verdict: 'pass', because: 'The caller got an answer each time.', isError: false };
  const judged = (verdict: Verdict, because: string): JudgedCall => ({ verdict, because, isError: true });
  const refusals = attempts.filter(({ refusedBy }) => refusedBy === 'gateway-token-limit');
  if (refusals.length < attempts.length) {
    return judged('inconclusive', `The call ended in ${outcome.error}, which is not only the token limit's doing.`);
  }
  const lacking = refusals.find(({ headers }) => readHeader(headers) === null);
  if (lacking !== undefined) {
    return judged(
      'fail',
      'A refusal carried no Retry-After header that the SDK could read, so that it gave up too early.',
    );
  }
  const honesty = refusals.map((refusal, index) => honestyOf(refusal, attempts[index + 1], evidence));
  if (honesty.includes('false')) {
    return judged('fail', 'The wait that Retry-After promised was false, so that the SDK gave up in vain.');
  }
  if (honesty.includes('unknown')) {
    return judged('inconclusive', 'The call failed, and whether the promised waits were true can not be told.');
  }
  return judged(
    'pass',
    `The caller got ${outcome.error}, as the gateway had honestly said: the SDK gave up before the wait was over.`,
  );
}

/** The SDK reads the header in seconds or as a date, or its variant in milliseconds, by these very names. */
function readHeader(headers: Exchange['headers']): string | null {
  const value = headers['retry-after-ms'] ?? headers['retry-after'];
  if (value === undefined) return null;
  return /^\d+(\.\d+)?$/.test(value.trim()) || !Number.isNaN(Date.parse(value)) ? value : null;
}

/**
 * A promise is honest if it names a moment at which something of ours leaves a sliding window; a bucket must let in
 * whoever waited as long as it asked. Others on the counter, or several counters, change both.
 */
function honestyOf(refusal: Exchange, next: Exchange | undefined, evidence: Evidence): 'honest' | 'false' | 'unknown' {
  const { customer, gateway } = evidence.declared;
  const { retryAfterMs, receivedMs } = refusal;
  if (!customer.dedicated || gateway.counters > 1 || retryAfterMs === null) return 'unknown';
  if (evidence.ledgerSinceMs > receivedMs - windowMs) return 'unknown';
  const promisedMs = receivedMs + retryAfterMs;
  switch (gateway.limiter) {
    case 'sliding-window': {
      const charges = chargesBefore(receivedMs, evidence);
      if (charges.length === 0) return 'unknown';
      const first = Math.min(...charges) + windowMs;
      const last = Math.max(...charges) + windowMs;
      return promisedMs >= first - slackMs && promisedMs <= last + slackMs ? 'honest' : 'false';
    }
    case 'token-bucket':
      if (next === undefined) return 'honest';
      return next.sentMs >= promisedMs + slackMs ? 'false' : 'honest';
    case 'fixed-window':
    case 'unknown':
      return 'unknown';
    default:
      return gateway.limiter satisfies never;
  }
}

/** When what may still be in the window of a refusal was charged. */
function chargesBefore(atMs: number, { exchanges, priorCharges }: Evidence): readonly number[] {
  const own = exchanges.filter((exchange) => costOf(exchange) > 0).map(({ receivedMs }) => receivedMs);
  return [...own, ...priorCharges.map(({ receivedMs }) => receivedMs)].filter(
    (chargedMs) => chargedMs <= atMs && chargedMs > atMs - windowMs - slackMs,
  );
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

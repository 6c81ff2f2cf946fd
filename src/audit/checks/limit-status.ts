import type { Exchange } from '../../probe/exchange';
import { smallestProbe } from '../../probe/smallest-probe';
import type { AuditState, Check, Evidence, Judgement, Step } from '../check';
import { isLikelyCached } from '../likely-cached';
import type { Finding } from '../verdict';
import { answerKindOf, describeAnswer } from './answer-kind';

/** Is the gateway there for this customer, and does it say what it promises to say? One probe when all is well. */
export const limitStatus: Check = {
  name: 'limit-status',
  saturates: false,
  next: nextLimitStatus,
  judge: judgeLimitStatus,
};

/** A single failure may be the network's; only three running are the gateway's. */
const triesToFail = 3;
const pauseMs = 2_000;

function nextLimitStatus({ exchanges, inFlight, nowMs }: AuditState): Step {
  const phase = 'asking once';
  if (inFlight > 0) return { do: 'wait', phase, untilMs: Number.POSITIVE_INFINITY };
  const last = exchanges.at(-1);
  if (last === undefined) return { do: 'send', phase, probes: [smallestProbe('status')] };
  if (isUsable(last)) return { do: 'stop', because: 'the gateway answered' };
  if (exchanges.length >= triesToFail) return { do: 'stop', because: `${triesToFail} probes got no usable answer` };
  const againMs = last.receivedMs + pauseMs;
  if (nowMs < againMs) return { do: 'wait', phase: 'asking again', untilMs: againMs };
  return { do: 'send', phase: 'asking again', probes: [smallestProbe('confirm')] };
}

function judgeLimitStatus(evidence: Evidence): Judgement {
  const headers = judgeHeaders(evidence);
  return { findings: [judgeReachable(evidence), ...(headers === null ? [] : [headers])], estimate: {} };
}

function isUsable(exchange: Exchange): boolean {
  const kind = answerKindOf(exchange);
  return kind === 'answered' || kind === 'limited';
}

function judgeReachable({ exchanges, stoppedBecause }: Evidence): Finding {
  const rule = 'reachable';
  const expected = 'a usable answer, or a refusal by a limit or a quota';
  const observed = exchanges.map(describeAnswer).join(', ') || 'no probe was sent';
  const usable = exchanges.find(isUsable);
  if (usable !== undefined) {
    const because = exchanges.length > 1 ? 'It answered when asked again.' : 'The gateway answered.';
    return { rule, verdict: 'pass', expected, observed, because };
  }
  const blamed = exchanges.filter((exchange) => answerKindOf(exchange) !== 'undecided');
  if (blamed.length >= triesToFail) {
    const isKey = blamed.every((exchange) => answerKindOf(exchange) === 'key-refused');
    const because = isKey
      ? "The customer's key was refused three times running."
      : 'Three probes running got no usable answer.';
    return { rule, verdict: 'fail', expected, observed, because };
  }
  const because =
    exchanges.length === 0
      ? `Nothing was asked: ${stoppedBecause}.`
      : 'What came back neither answers nor refuses, which may be something between us and the gateway.';
  return { rule, verdict: 'inconclusive', expected, observed, because };
}

function judgeHeaders({ declared, exchanges }: Evidence): Finding | null {
  const rule = 'headers-present';
  const { consumedTokens, remainingTokens, backend } = declared.gateway.headers;
  const names = [consumedTokens, remainingTokens, backend].filter((name) => name !== null);
  const answered = exchanges.filter((exchange) => answerKindOf(exchange) === 'answered' && !exchange.asked.streamed);
  if (names.length === 0 || answered.length === 0) return null;
  const expected = `${names.join(', ')} on each answer`;
  const judged = answered.filter((exchange) => !isLikelyCached(exchange, declared.gateway.headers));
  if (judged.length === 0) {
    const because = 'An answer without any of the headers may come from a cache, which is no business of the limit.';
    return { rule, verdict: 'inconclusive', expected, observed: 'none of them', because };
  }
  const missing = names.filter((name) => judged.some((exchange) => !standsOn(exchange, name)));
  if (missing.length > 0) {
    const because = 'A header that is declared is missing on an answer of the model.';
    return { rule, verdict: 'fail', expected, observed: `${missing.join(', ')} missing`, because };
  }
  const because = 'Every declared header is there.';
  return { rule, verdict: 'pass', expected, observed: `all on ${judged.length} answer(s)`, because };
}

function standsOn(exchange: Exchange, name: string): boolean {
  return exchange.headers[name.toLowerCase()] !== undefined;
}

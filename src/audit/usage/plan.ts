import type { Exchange } from '../../probe/exchange';
import { boundTokensOf } from '../../probe/prompt';
import { costOf } from '../charges';
import type { AuditState, Step } from '../check';
import { readNext } from './read-next';
import { ceilMinute, floorMinute, minuteMs } from './windows';
import { type PlannedCall, planWorkload, type Workload } from './workload';

/**
 * The calls one after the other, well below the limit; then the quiet minute, the time that the meter takes, and the
 * meter itself. Each kind of calls begins at a minute's edge after a minute in which nothing of ours was charged, so
 * that a meter's minutes hold nothing else.
 */
export function nextUsage(state: AuditState): Step {
  const { declared, exchanges, inFlight, seed } = state;
  const hasMeter = declared.gateway.meter.kind !== 'none';
  const calls = callsOf(planWorkload(declared, seed), hasMeter);
  if (inFlight > 0) return { do: 'wait', phase: 'waiting for an answer', untilMs: Number.POSITIVE_INFINITY };
  const call = calls[exchanges.length];
  if (call !== undefined && !isGivenUp(exchanges)) return makeCall(call, state);
  if (!hasMeter) return { do: 'stop', because: 'every call was made; no meter is declared' };
  return readNext(state);
}

/** Three calls running without an answer: more would only be more of the same. */
const mostUnanswered = 3;
/** A gateway's clock may be a little behind ours: nothing is sent in the first seconds of a window, nor begun late. */
const afterEdgeMs = 2_000;
const lateMs = 10_000;
/** Never more than this share of the limit within 60 s. */
const paceShare = 0.6;
/** However long a refusal asks to wait, the next call is tried then. */
const longestWaitMs = 60_000;

/** Without a meter only the usage in plain answers is judged. */
function callsOf({ plain, streamed }: Workload, hasMeter: boolean): readonly PlannedCall[] {
  return hasMeter || plain.length === 0 ? [...plain, ...streamed] : plain;
}

function isGivenUp(exchanges: readonly Exchange[]): boolean {
  const last = exchanges.slice(-mostUnanswered);
  return last.length === mostUnanswered && last.every(({ status }) => status === null || status >= 300);
}

function makeCall(call: PlannedCall, state: AuditState): Step {
  const { exchanges, nowMs } = state;
  const isFirstOfKind = !exchanges.some(({ asked }) => asked.streamed === call.request.streamed);
  const atMs = isFirstOfKind ? edgeMs(state) : Math.max(afterLastMs(call, exchanges), paceMs(call, state));
  const phase = call.request.streamed ? 'streamed calls' : 'plain calls';
  return nowMs < atMs ? { do: 'wait', phase, untilMs: atMs } : { do: 'send', phase, probes: [call.request] };
}

/** When the first call of a kind may go out: just after a minute's edge, with a quiet minute before it. */
function edgeMs({ declared, exchanges, priorCharges, startedMs, nowMs }: AuditState): number {
  if (declared.gateway.meter.kind === 'none') return nowMs;
  const lastMs = exchanges.at(-1)?.receivedMs;
  const earlierMs = Math.max(...priorCharges.map(({ receivedMs }) => receivedMs), startedMs - minuteMs);
  const quietMs = lastMs === undefined ? earlierMs + minuteMs : ceilMinute(lastMs) + minuteMs;
  const firstMs = ceilMinute(quietMs) + afterEdgeMs;
  if (nowMs < firstMs) return firstMs;
  const minute = floorMinute(nowMs);
  if (nowMs - minute < afterEdgeMs) return minute + afterEdgeMs;
  return nowMs - minute <= lateMs ? nowMs : minute + minuteMs + afterEdgeMs;
}

function afterLastMs({ pauseMs }: PlannedCall, exchanges: readonly Exchange[]): number {
  const last = exchanges.at(-1);
  if (last === undefined) return 0;
  const askedMs = last.status === 429 ? Math.min(last.retryAfterMs ?? 0, longestWaitMs) : 0;
  return last.receivedMs + Math.max(pauseMs, askedMs);
}

/** When what was charged within the last 60 s leaves room for the call below our share of the limit. */
function paceMs({ request }: PlannedCall, { declared, exchanges, priorCharges, nowMs }: AuditState): number {
  const room = paceShare * declared.customer.tokensPerMinute - boundTokensOf(request);
  const own = exchanges.map((exchange) => ({ receivedMs: exchange.receivedMs, tokens: costOf(exchange) }));
  const recent = [...own, ...priorCharges]
    .filter(({ receivedMs }) => receivedMs > nowMs - minuteMs)
    .toSorted((a, b) => a.receivedMs - b.receivedMs);
  let spent = recent.reduce((sum, { tokens }) => sum + tokens, 0);
  let atMs = nowMs;
  for (const { receivedMs, tokens } of recent) {
    if (spent <= Math.max(0, room)) break;
    spent -= tokens;
    atMs = receivedMs + minuteMs + 1;
  }
  return atMs;
}

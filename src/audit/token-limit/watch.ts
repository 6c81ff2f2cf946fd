import type { Exchange } from '../../probe/exchange';
import { smallestProbe } from '../../probe/smallest-probe';
import type { Step } from '../check';
import { bucketPaysIn, limiterKinds, readAs } from './bounds';
import { debtTokens, likelyCost, sendWithinMeans, sizing, spentTooMuch } from './burst';
import { againStep, debtStep, type Facts, pushStep, slackMs, stayStep } from './facts';
import { isAnswered, isTokenLimitRefusal, minuteMs } from './ledger';
import { probesOf } from './probe-size';

const pollOfOneMs = 1_500;
const pollOfSeveralMs = 500;
const soonMs = 50;
const staysToBelieve = 2;
const refusalsAfterDebt = 2;
const mostDebtTries = 20;

/**
 * The counter is used up; now watch when it admits again. Refused polls are free, so there are many: a bucket must
 * admit once the last step has refilled, a window only when the first own charge has aged out. A bucket that admits
 * is brought into a debt of known size once, so that its promise is long enough to be told from a lie.
 */
export function planWatch(facts: Facts, saturatedAt: number): Step {
  const after = facts.exchanges.slice(saturatedAt + 1);
  const back = after.find(isAnswered);
  if (back === undefined) return pollUntilBack(facts);
  if (back.receivedMs > firstOutMs(facts, back)) return done;
  const sinceBack = after.slice(after.indexOf(back) + 1);
  const stay = checkThatItStays(facts, back, sinceBack);
  if (stay !== null) return stay;
  const debtAt = sinceBack.findLastIndex((exchange) => exchange.asked.step === debtStep && isAnswered(exchange));
  if (debtAt < 0) return makeDebt(facts, sinceBack);
  const sinceDebt = sinceBack.slice(debtAt + 1);
  if (sinceDebt.some(isAnswered)) return done;
  if (sinceDebt.length < refusalsAfterDebt) return poll(facts, 'watching the debt');
  return pollUntilPaid(facts);
}

/** At once, and where even that is refused (the poll itself had cost what was there) again until it is admitted. */
function makeDebt(facts: Facts, sinceBack: readonly Exchange[]): Step {
  if (facts.exchanges.some((exchange) => exchange.asked.step === pushStep && isAnswered(exchange))) return done;
  const tokens = debtTokens(facts);
  const tries = sinceBack.filter((exchange) => exchange.asked.step === debtStep).length;
  if (spentTooMuch(facts, tokens) || tries >= mostDebtTries) return done;
  const dueMs = tries === 0 ? facts.state.nowMs : nextPoll(facts);
  const phase = 'making a debt to test the promise';
  if (facts.state.nowMs < dueMs) return { do: 'wait', phase, untilMs: dueMs };
  // At once rather than as one: nearly nothing is left, so what is let in of them is let in beyond the limit.
  const together = facts.state.declared.settings.burstProbes ?? 1;
  return { do: 'send', phase, probes: probesOf(debtStep, tokens, { ...sizing(facts), together }) };
}

const done: Step = { do: 'stop', because: 'the limit and its recovery were seen' };
const never: Step = { do: 'stop', because: 'nothing was admitted again within the time in which it must be' };

function pollUntilBack(facts: Facts): Step {
  const { charges, admissions, spreadMs } = facts.ledger;
  const now = facts.state.nowMs;
  const last = admissions.at(-1)?.charge.toMs ?? now;
  const inWindow = charges.filter((charge) => charge.toMs > last - minuteMs);
  const firstOut = Math.min(...inWindow.map((charge) => charge.fromMs)) + minuteMs;
  const lastOut = Math.max(...inWindow.map((charge) => charge.toMs)) + minuteMs + slackMs + soonMs;
  const lows = limiterKinds
    .map((kind) => readAs(kind, facts.ledger))
    .filter((r) => r.possible)
    .map((r) => r.above);
  const leastLimit = Math.max(1, Math.min(facts.limit, ...lows));
  const bucketBack =
    last +
    (minuteMs * (lastGroupTokens(facts) + believedPrompt(facts))) / leastLimit +
    slackMs +
    spreadMs +
    pollsOfSeveralMs(facts);
  const beforeOut = firstOut - slackMs - spreadMs;
  if (lastPollAt(facts) > lastOut) return never;
  if (now <= Math.min(bucketBack, beforeOut)) return pollAt(facts, nextPoll(facts));
  if (lastPollAt(facts) < beforeOut && now < firstOut) return pollAt(facts, beforeOut);
  return pollAt(facts, Math.max(firstOut + soonMs, Math.min(nextPoll(facts), Math.max(now, lastOut))));
}

function pollUntilPaid(facts: Facts): Step {
  const { charges, admissions } = facts.ledger;
  const last = admissions.at(-1)?.charge.toMs ?? facts.state.nowMs;
  const leastLimit = leastLimitOf(facts);
  const promptFitsMs = (minuteMs * believedPrompt(facts)) / leastLimit;
  const paidMs =
    last + bucketPaysIn(leastLimit, charges, last) + promptFitsMs + slackMs + facts.ledger.spreadMs + soonMs;
  // What aged out early may have been a charge from before the audit; a window then still holds our own.
  const isWindow = readAs('sliding-window', facts.ledger).possible;
  const endMs = isWindow ? Math.max(paidMs, last + minuteMs + slackMs + soonMs) : paidMs;
  if (lastPollAt(facts) > endMs) return never;
  return pollAt(facts, Math.min(nextPoll(facts), Math.max(facts.state.nowMs, endMs)));
}

/** An admission long before the promised time is a lie only if it stays so; another counter's room does not. */
function checkThatItStays(facts: Facts, back: Exchange, since: readonly Exchange[]): Step | null {
  const before = facts.exchanges.slice(0, facts.exchanges.indexOf(back)).findLast(isTokenLimitRefusal);
  const promisedMs = before?.retryAfterMs == null ? 0 : before.sentMs + before.retryAfterMs;
  if (promisedMs < back.receivedMs + slackMs) return null;
  const stays = since.filter((exchange) => exchange.asked.step === stayStep);
  if (stays.length >= staysToBelieve || stays.some(isTokenLimitRefusal)) return null;
  const cost = facts.ledger.smallestCost ?? 0;
  const refillMs = (minuteMs * cost) / leastLimitOf(facts);
  const dueMs = (since.at(-1) ?? back).receivedMs + refillMs + soonMs;
  if (dueMs > promisedMs - slackMs) return null;
  if (facts.state.nowMs < dueMs) return { do: 'wait', phase: 'watching whether it stays admitted', untilMs: dueMs };
  const send: Step = { do: 'send', phase: 'watching whether it stays admitted', probes: [smallestProbe(stayStep)] };
  return sendWithinMeans(facts, cost, send);
}

function firstOutMs(facts: Facts, at: Exchange): number {
  const inWindow = facts.ledger.charges.filter((c) => c.toMs > at.sentMs - minuteMs && c.sentMs < at.sentMs);
  return Math.min(...inWindow.map((charge) => charge.fromMs)) + minuteMs;
}

/** The next look: after a pause, or just when the latest promise must have been kept. */
function nextPoll(facts: Facts): number {
  const last = facts.exchanges.at(-1);
  if (last === undefined) return facts.state.nowMs;
  const regular = last.receivedMs + pollMs(facts);
  const promised =
    last.retryAfterMs === null ? Number.POSITIVE_INFINITY : last.receivedMs + last.retryAfterMs + slackMs + soonMs;
  return Math.min(regular, promised);
}

/** The lowest limit that is still granted; tokens per minute. */
function leastLimitOf(facts: Facts): number {
  return Math.max(1, ...facts.kinds.map(({ band }) => band.low));
}

function lastPollAt(facts: Facts): number {
  return facts.exchanges.at(-1)?.sentMs ?? 0;
}

/** Several counters want as many refusals before one admits again as show that all were asked. */
function pollMs(facts: Facts): number {
  return facts.counters > 1 ? pollOfSeveralMs : pollOfOneMs;
}

/** With several counters a bucket is excluded only by a few refusals after all must have refilled. */
function pollsOfSeveralMs(facts: Facts): number {
  return facts.counters > 1 ? 4 * pollMs(facts) : 0;
}

function lastGroupTokens(facts: Facts): number {
  const last = facts.ledger.admissions.at(-1);
  if (last === undefined) return 0;
  const group = facts.ledger.admissions.filter((a) => a.exchange.intendedMs === last.exchange.intendedMs);
  return group.reduce((total, admission) => total + admission.charge.high, 0);
}

function pollAt(facts: Facts, atMs: number): Step {
  if (facts.state.nowMs < atMs) return { do: 'wait', phase: 'waiting to be admitted again', untilMs: atMs };
  return poll(facts, 'waiting to be admitted again');
}

/** As large as the probes whose refusals were believed: a smaller one may fit where those did not. */
function poll(facts: Facts, phase: string): Step {
  const promptTokens = believedPrompt(facts);
  const send: Step = { do: 'send', phase, probes: [{ ...smallestProbe(againStep), promptTokens }] };
  return sendWithinMeans(facts, likelyCost(facts, promptTokens), send);
}

function believedPrompt(facts: Facts): number {
  return facts.exchanges[facts.saturatedAt ?? 0]?.asked.promptTokens ?? smallestProbe(againStep).promptTokens;
}

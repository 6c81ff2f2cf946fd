import type { ProbeRequest } from '../../probe/exchange';
import { smallestProbe } from '../../probe/smallest-probe';
import type { Step } from '../check';
import { debtTokens, likelyCost, sendWithinMeans, sizing } from './burst';
import { edgeStep, type Facts, pushStep, refusedStep } from './facts';
import { isAnswered, isTokenLimitRefusal, refusesByEstimate } from './ledger';
import { probesOf } from './probe-size';

const mostPushes = 8;
/** With several counters a step is tried on each before the smallest probes count. */
const stepsBeforeSmallest = 4;

/**
 * After the first refusal: smallest probes until enough in a row are refused. Refused probes cost nothing; they show
 * whether another counter still admits, and make the refused probe's own prompt negligible. Where one is admitted
 * again, more is spent: a bucket may have refilled a little, a gateway that estimates may have refused a large prompt
 * only, another counter may have room.
 */
export function planSaturation(facts: Facts): Step {
  const { exchanges, counters } = facts;
  const last = exchanges.findLast((exchange) => isAnswered(exchange) || isTokenLimitRefusal(exchange));
  const again = refusedAgain(facts);
  const isAnswer = last !== undefined && isAnswered(last);
  if (counters > 1 && (isAnswer || refusedInARow(facts) < stepsBeforeSmallest)) return step(facts);
  if (isAnswer && last.asked.promptTokens >= again.promptTokens) return push(facts);
  const send: Step = { do: 'send', phase: 'making sure of the refusal', probes: [again] };
  return sendWithinMeans(facts, likelyCost(facts, again.promptTokens), send);
}

/** The smallest; or, where a larger one was refused and a smaller one let through, the larger: it is estimated. */
function refusedAgain(facts: Facts): ProbeRequest {
  const probe = smallestProbe(refusedStep);
  if (!refusesByEstimate(facts.exchanges)) return probe;
  const largest = facts.exchanges.findLast((e) => isTokenLimitRefusal(e) && e.asked.step !== refusedStep);
  return { ...probe, promptTokens: largest?.asked.promptTokens ?? probe.promptTokens };
}

function step(facts: Facts): Step {
  const tokens = Math.max(facts.ledger.smallestCost ?? 0, 0.1 * facts.limit);
  return spend(facts, edgeStep, tokens);
}

function push(facts: Facts): Step {
  const pushes = facts.exchanges.filter((exchange) => exchange.asked.step === pushStep);
  if (pushes.length >= mostPushes) return { do: 'stop', because: 'refusals and admissions kept alternating' };
  return spend(facts, pushStep, Math.max(facts.ledger.smallestCost ?? 0, debtTokens(facts)));
}

function spend(facts: Facts, name: string, tokens: number): Step {
  const send: Step = { do: 'send', phase: 'using up what is left', probes: probesOf(name, tokens, sizing(facts)) };
  return sendWithinMeans(facts, tokens, send);
}

function refusedInARow(facts: Facts): number {
  const answeredAt = facts.exchanges.findLastIndex(isAnswered);
  return facts.exchanges.slice(answeredAt + 1).filter(isTokenLimitRefusal).length;
}

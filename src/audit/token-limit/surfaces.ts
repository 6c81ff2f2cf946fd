import type { Exchange, ProbeRequest } from '../../probe/exchange';
import { smallestPromptTokens } from '../../probe/prompt';
import { smallestProbe } from '../../probe/smallest-probe';
import { costOf, totalCost } from '../charges';
import type { Evidence, Step } from '../check';
import type { Declaration } from '../declaration';
import { spentTooMuch } from './burst';
import type { Facts } from './facts';
import { isAnswered, isTokenLimitRefusal } from './ledger';

/** Another way to the same counter: streamed calls, another API, another deployment. */
export interface OtherSurface {
  readonly rule: 'same-counter-streamed' | 'same-counter-surfaces' | 'same-counter-deployments';
  readonly name: string;
  readonly probe: ProbeRequest;
}

/** What its steps are called in every exchange: this word, then the surface's name. */
const surfaceStep = 'surface';
/** Asked between two of them, to see that chat is still refused. */
const besideStep = 'beside';

/** All that the declaration says draws on the customer's counter, beside plain chat. */
export function otherSurfacesOf({ customer, gateway }: Declaration): readonly OtherSurface[] {
  const probe = (name: string): ProbeRequest => smallestProbe(`${surfaceStep} ${name}`);
  const apis = gateway.surfaces.filter((surface) => surface !== 'chat');
  return [
    { rule: 'same-counter-streamed', name: 'streamed chat', probe: { ...probe('streamed chat'), streamed: true } },
    ...apis.map((surface) => ({
      rule: 'same-counter-surfaces' as const,
      name: surface,
      probe: { ...probe(surface), surface },
    })),
    ...customer.alsoDeployments.map((deployment) => ({
      rule: 'same-counter-deployments' as const,
      name: deployment,
      probe: { ...probe(deployment), deployment },
    })),
  ];
}

/**
 * The evidence of the limit itself, without the probes of other surfaces. One of those that was answered may have been
 * charged on the counter, or on another, or on none: it is kept as a charge of which nothing is sure.
 */
export function apartFromSurfaces<Source extends Pick<Evidence, 'exchanges' | 'priorCharges'>>(source: Source): Source {
  const others = source.exchanges.filter(isOfSurface);
  if (others.length === 0) return source;
  const charged = others.filter((exchange) => isAnswered(exchange) || exchange.status === null);
  const charges = charged.map((exchange) => ({
    sentMs: exchange.sentMs,
    receivedMs: exchange.receivedMs,
    tokens: costOf(exchange),
    sureTokens: 0,
  }));
  return {
    ...source,
    exchanges: source.exchanges.filter((exchange) => !isOfSurface(exchange)),
    priorCharges: [...source.priorCharges, ...charges],
  };
}

/** What the probes of other surfaces may have cost; tokens. */
export function spentOnSurfaces(exchanges: readonly Exchange[]): number {
  return totalCost(exchanges.filter(isOfSurface));
}

function isOfSurface({ asked }: Exchange): boolean {
  return asked.step.startsWith(`${surfaceStep} `) || asked.step === besideStep;
}

/**
 * As soon as the refusals are believed, and while they cost nothing, each other surface is asked once. One that answers
 * is asked again, up to two answers, each between two refusals of chat: only where the latest refusal promises to last,
 * since a bucket that has just refilled a little lets one probe in and is empty again.
 */
export function planSurfaces(facts: Facts, exchanges: readonly Exchange[]): Step | null {
  const { state, saturatedAt } = facts;
  const last = exchanges.at(-1);
  if (saturatedAt === null || last === undefined) return null;
  const phase = 'asking by other ways';
  const surfaces = otherSurfacesOf(state.declared);
  // As large as the chat probes whose refusals were believed: a smaller one may fit where those did not.
  const promptTokens = facts.exchanges[saturatedAt]?.asked.promptTokens ?? smallestPromptTokens;
  const unasked = surfaces.filter((surface) => askedOf(exchanges, surface).length === 0);
  if (unasked.length > 0) {
    // Only right after saturation: a counter that admits again says nothing.
    if (facts.exchanges.length - 1 > saturatedAt || !isPaidFor(facts, unasked.length * promptTokens)) return null;
    return { do: 'send', phase, probes: unasked.map(({ probe }) => ({ ...probe, promptTokens })) };
  }
  const open = surfaces.find((surface) => isToBeAskedAgain(exchanges, surface));
  if (open === undefined || !isPaidFor(facts, promptTokens)) return null;
  if (isOfSurface(last) && last.asked.step !== besideStep) {
    return { do: 'send', phase, probes: [{ ...smallestProbe(besideStep), promptTokens }] };
  }
  return isTokenLimitRefusal(last) && lastsFor(last) > leastPromiseMs
    ? { do: 'send', phase, probes: [{ ...open.probe, promptTokens }] }
    : null;
}

/** Refused ones cost nothing, but nobody knows before. */
function isPaidFor(facts: Facts, promptTokens: number): boolean {
  return !spentTooMuch(facts, promptTokens + (facts.ledger.smallestCost ?? 0));
}

export const answersToBlame = 2;
const mostTries = 4;
const leastPromiseMs = 4_000;

function isToBeAskedAgain(exchanges: readonly Exchange[], surface: OtherSurface): boolean {
  const asked = askedOf(exchanges, surface);
  const isEscaping = asked.some(isAnswered) && !asked.some(isTokenLimitRefusal);
  return isEscaping && asked.length < mostTries && escapesOf(exchanges, surface).length < answersToBlame;
}

/** What was asked of one surface, in the order in which it ended. */
export function askedOf(exchanges: readonly Exchange[], { probe }: OtherSurface): readonly Exchange[] {
  return exchanges.filter(({ asked }) => asked.step === probe.step);
}

function lastsFor({ retryAfterMs, messageWait }: Exchange): number {
  return retryAfterMs ?? messageWait?.waitMs ?? 0;
}

/** Answers of a surface between two refusals of chat, the first of which promised to last beyond the answer. */
export function escapesOf(exchanges: readonly Exchange[], surface: OtherSurface): readonly Exchange[] {
  const chat = exchanges.filter((one) => one.asked.step === besideStep || !isOfSurface(one));
  return askedOf(exchanges, surface).filter((answer) => {
    const before = chat.findLast(({ receivedMs }) => receivedMs <= answer.sentMs);
    const after = chat.find(({ sentMs }) => sentMs >= answer.receivedMs);
    if (!isAnswered(answer) || before === undefined || after === undefined) return false;
    const lasts = before.sentMs + lastsFor(before) > answer.receivedMs;
    return isTokenLimitRefusal(before) && isTokenLimitRefusal(after) && lasts && lastsFor(before) > leastPromiseMs;
  });
}

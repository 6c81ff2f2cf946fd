import type { Exchange, ProbeRequest } from '../../probe/exchange';
import { smallestPromptTokens } from '../../probe/prompt';
import { smallestProbe } from '../../probe/smallest-probe';
import { totalCost } from '../charges';
import type { AuditState, Step } from '../check';

/**
 * The limit is used up with plain probes; then a customer's SDK makes a few small calls, with pauses between them as
 * in the scenario that this project starts from. What the SDK makes of the refusals is what its caller lives with.
 */
export function nextClientExperience(state: AuditState): Step {
  const { exchanges, inFlight, nowMs } = state;
  if (inFlight > 0) return { do: 'wait', phase: 'waiting for an answer', untilMs: Number.POSITIVE_INFINITY };
  const calls = exchanges.filter(({ sdk }) => sdk?.outcome !== undefined).length;
  if (calls === 0) {
    const fill = nextFill(state);
    if (fill !== null) return fill;
  }
  if (calls >= callsOfAudit) return { do: 'stop', because: 'the SDK made its calls' };
  const atMs = calls === 0 ? nowMs : (exchanges.at(-1)?.receivedMs ?? nowMs) + pauseMs;
  if (nowMs < atMs) return { do: 'wait', phase: "pausing between the SDK's calls", untilMs: atMs };
  return { do: 'call-sdk', phase: 'calling with the SDK', request: smallestProbe('sdk') };
}

const callsOfAudit = 3;
const pauseMs = 15_000;
/** Nothing of ours may be left on the counter when the audit begins. */
const quietMs = 60_000;
/** So much of the limit is asked for: a little more than it holds, in parts that each fit into it. */
const fillShare = 1.1;
const partShare = 0.4;
const mostParts = 100;
const mostRounds = 3;

/** Null where the limit is used up, or cannot be. */
function nextFill({ declared, exchanges, priorCharges, nowMs }: AuditState): Step | null {
  const { customer, gateway } = declared;
  const quietFromMs = Math.max(0, ...priorCharges.map(({ receivedMs }) => receivedMs)) + quietMs;
  if (exchanges.length === 0 && nowMs < quietFromMs) {
    return { do: 'wait', phase: 'letting earlier charges run out', untilMs: quietFromMs };
  }
  const wanted = Math.ceil(fillShare * customer.tokensPerMinute * gateway.counters) - totalCost(exchanges);
  if (wanted <= 0 || exchanges.some(isRefusedOrLost) || roundsOf(exchanges) >= mostRounds) return null;
  const part = Math.min(gateway.maxPromptTokens, Math.ceil(partShare * customer.tokensPerMinute));
  const size = Math.max(smallestPromptTokens, part);
  const count = Math.min(mostParts, Math.ceil(wanted / size));
  const probes = Array.from({ length: count }, (): ProbeRequest => ({ ...smallestProbe('fill'), promptTokens: size }));
  return { do: 'send', phase: 'using up the limit', probes };
}

function isRefusedOrLost({ status }: Exchange): boolean {
  return status === null || status >= 300;
}

/** Probes of one round were meant to go out at one moment. */
function roundsOf(exchanges: readonly Exchange[]): number {
  return new Set(exchanges.map(({ intendedMs }) => intendedMs)).size;
}

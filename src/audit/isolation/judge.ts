import type { Evidence, Judgement } from '../check';
import type { NeighbourEstimate } from '../report';
import { percentiles } from '../summarise';
import { refusalsToBelieve } from '../token-limit/facts';
import { isAnswered, isTokenLimitRefusal } from '../token-limit/ledger';
import { type Finding, type Verdict, worstVerdict } from '../verdict';
import { showsOneCounter } from './one-counter';
import { type Moment, type Neighbour, type NeighbourProbe, type Outcome, type Scene, sceneOf } from './scene';

/** Judges whether the audited customer's load got others refused; one finding for all of them, the worst decides. */
export function judgeIsolation(evidence: Evidence): Judgement {
  const scene = sceneOf(evidence);
  const estimate = {
    neighbours: Object.fromEntries(scene.neighbours.map((one) => [one.declared.id, estimateOf(one, scene)])),
  };
  if (scene.neighbours.length === 0) return { findings: [], estimate: {} };
  const opinions = scene.neighbours.map((neighbour) => opinionOn(neighbour, scene, evidence));
  const verdict = worstVerdict(opinions.map((opinion) => ({ ...unsaid, ...opinion })));
  const decisive = opinions.filter((opinion) => opinion.verdict === verdict);
  const finding: Finding = {
    rule: 'isolated',
    verdict,
    expected: `${listed(scene.neighbours.map(({ declared }) => declared.id))} admitted while ${evidence.declared.customer.id} is refused`,
    observed: scene.neighbours.map(describe).join('; '),
    because: decisive[0]?.because ?? '',
  };
  return { findings: [finding], estimate };
}

const unsaid = { rule: 'isolated', expected: '', observed: '' };

interface Opinion {
  readonly verdict: Verdict;
  readonly because: string;
}

const admissionsToBelieve = 2;
const refusalsToBlame = 2;

function opinionOn(neighbour: Neighbour, scene: Scene, evidence: Evidence): Opinion {
  const { id } = neighbour.declared;
  const { customer, gateway } = evidence.declared;
  const inconclusive = (because: string): Opinion => ({ verdict: 'inconclusive', because });
  if (count(neighbour, 'before', 'admitted') === 0) {
    return inconclusive(`${id} was not admitted before the load: ${evidence.stoppedBecause}.`);
  }
  if (longestRefusal(scene) < refusalsToBelieve(gateway.counters)) {
    return inconclusive(`The limit of ${customer.id} was not used up: ${evidence.stoppedBecause}.`);
  }
  const admitted = count(neighbour, 'during', 'admitted');
  const refused = count(neighbour, 'during', 'token-limit');
  if (refused >= refusalsToBlame && admitted === 0) return blame(neighbour, scene, evidence);
  if (refused > 0) {
    return inconclusive(`${id} was both refused by a token limit and admitted while ${customer.id} was refused.`);
  }
  if (count(neighbour, 'during', 'model') > 0) {
    return inconclusive(
      `The model behind the gateway refused ${id}: its capacity is shared, which hides the counters.`,
    );
  }
  if (admitted >= admissionsToBelieve) {
    return { verdict: 'pass', because: `The others were admitted while ${customer.id} was refused.` };
  }
  if (count(neighbour, 'during', 'own-use') > 0) {
    return inconclusive(`What was asked as ${id} may have used up its own limit.`);
  }
  return inconclusive(`${id} got too few answers while ${customer.id} was refused: ${evidence.stoppedBecause}.`);
}

/** Refused throughout. A shared counter also lets both in at the same times; somebody else on the key need not. */
function blame(neighbour: Neighbour, scene: Scene, { declared, stoppedBecause }: Evidence): Opinion {
  const { id, dedicated } = neighbour.declared;
  const what = `${id} was refused by the token limit whenever ${declared.customer.id} was`;
  if (count(neighbour, 'after', 'admitted') === 0) {
    const because = `${what}, but was not seen to be admitted again with it: ${stoppedBecause}.`;
    return { verdict: 'inconclusive', because };
  }
  if (count(neighbour, 'before', 'token-limit') + count(neighbour, 'after', 'token-limit') > 0) {
    const because = `${what}, but was also refused when it was not, which another limit does.`;
    return { verdict: 'inconclusive', because };
  }
  if (!dedicated && !showsOneCounter(neighbour, scene)) {
    const because = `${what}, but others may be using its key, and what they used would look the same.`;
    return { verdict: 'inconclusive', because };
  }
  return {
    verdict: 'fail',
    because: `${what} and at no other time, which its own use does not explain: they share a counter.`,
  };
}

function longestRefusal({ own }: Scene): number {
  let run = 0;
  let longest = 0;
  for (const exchange of own) {
    if (isTokenLimitRefusal(exchange)) run += 1;
    if (isAnswered(exchange)) run = 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

function count({ probes }: Neighbour, moment: Moment, outcome: Outcome): number {
  return probes.filter((probe) => probe.moment === moment && probe.outcome === outcome).length;
}

function describe(neighbour: Neighbour): string {
  const at = (moment: Moment) => {
    const probes = neighbour.probes.filter((probe) => probe.moment === moment);
    return `${probes.filter(({ outcome }) => outcome === 'admitted').length} of ${probes.length} ${moment}`;
  };
  const { tokenLimit, ownUse, model, other } = refusalsOf(neighbour);
  const why = [
    tokenLimit > 0 ? `${tokenLimit} refused by the token limit` : null,
    ownUse > 0 ? `${ownUse} by its own use` : null,
    model > 0 ? `${model} by the model` : null,
    other > 0 ? `${other} otherwise` : null,
  ].filter((part) => part !== null);
  const refusals = why.length > 0 ? ` (during: ${why.join(', ')})` : '';
  return `${neighbour.declared.id} admitted ${at('before')}, ${at('during')}, ${at('after')}${refusals}`;
}

function refusalsOf(neighbour: Neighbour): NeighbourEstimate['refusals'] {
  return {
    tokenLimit: count(neighbour, 'during', 'token-limit'),
    ownUse: count(neighbour, 'during', 'own-use'),
    model: count(neighbour, 'during', 'model'),
    other: count(neighbour, 'during', 'other'),
  };
}

/** The load begins with the first large probe, so for latencies "during" begins there, and not with a refusal. */
function estimateOf(neighbour: Neighbour, { own }: Scene): NeighbourEstimate {
  const loadMs = own.find(({ asked }) => asked.step === 'load')?.sentMs ?? Number.POSITIVE_INFINITY;
  const admitted = neighbour.probes.filter(({ outcome, moment }) => outcome === 'admitted' && moment !== 'after');
  const isBefore = ({ exchange }: NeighbourProbe) => exchange.receivedMs <= loadMs;
  return {
    refusals: refusalsOf(neighbour),
    latencyMs: {
      before: latencyOf(admitted.filter(isBefore)),
      during: latencyOf(admitted.filter((probe) => probe.exchange.sentMs >= loadMs)),
    },
  };
}

function latencyOf(probes: readonly NeighbourProbe[]) {
  if (probes.length === 0) return null;
  const latencies = probes.map(({ exchange }) => exchange.receivedMs - exchange.sentMs);
  return { ...percentiles(latencies, ['p50', 'p99']), answers: probes.length };
}

function listed(ids: readonly string[]): string {
  return ids.length > 4 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
}

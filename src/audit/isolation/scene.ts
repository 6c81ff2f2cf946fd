import type { Exchange } from '../../probe/exchange';
import { smallestProbe } from '../../probe/smallest-probe';
import type { Charge, Evidence } from '../check';
import type { NeighbourDeclaration } from '../declaration';
import { limiterKinds, possiblyUsed } from '../token-limit/bounds';
import { isAnswered, isTokenLimitRefusal, readLedger } from '../token-limit/ledger';

/** Names of the steps, as they stand in every exchange. */
export const beforeStep = 'before';
export const loadStep = 'load';
export const pushStep = 'push';
export const holdStep = 'hold';
export const afterStep = 'after';

export type SceneSource = Pick<Evidence, 'declared' | 'exchanges' | 'priorCharges'>;

/**
 * When a neighbour's probe was under way: while the audited customer was let through (before its first refusal, or
 * after), while it was refused, or at an edge between the two, where nobody can know.
 */
export type Moment = 'before' | 'during' | 'after' | 'edge';

/** What came of a neighbour's probe; `own-use`: the token limit refused, and its own probes may have used it up. */
export type Outcome = 'admitted' | 'token-limit' | 'own-use' | 'model' | 'other';

export interface NeighbourProbe {
  readonly exchange: Exchange;
  readonly moment: Moment;
  readonly outcome: Outcome;
  /** The audited customer's refusal nearest to it, whose promise it can be compared with. */
  readonly beside: Exchange | null;
}

export interface Neighbour {
  readonly declared: NeighbourDeclaration;
  readonly probes: readonly NeighbourProbe[];
}

/** The exchanges of an isolation audit: the audited customer's own, and each neighbour's told by moment and outcome. */
export interface Scene {
  readonly own: readonly Exchange[];
  /** Those of another counter; who shares the audited one by declaration can't be told apart from it. */
  readonly neighbours: readonly Neighbour[];
  readonly firstRefusal: Exchange | null;
  /** The first answer to the audited customer after the last refusal of it. */
  readonly back: Exchange | null;
}

export function sceneOf(source: SceneSource): Scene {
  const { customer, neighbours = [] } = source.declared;
  const own = source.exchanges
    .filter(({ asked }) => asked.customerId === undefined)
    .toSorted((a, b) => a.sentMs - b.sentMs);
  const firstRefusal = own.find(isTokenLimitRefusal) ?? null;
  const lastRefusal = own.findLast(isTokenLimitRefusal);
  const back = own.find((one) => lastRefusal !== undefined && isAnswered(one) && one.sentMs >= lastRefusal.receivedMs);
  return {
    own,
    neighbours: neighbours
      .filter(({ counter }) => counter !== customer.counter)
      .map((declared) => ({ declared, probes: probesOf(declared, own, source) })),
    firstRefusal,
    back: back ?? null,
  };
}

function probesOf(
  neighbour: NeighbourDeclaration,
  own: readonly Exchange[],
  source: SceneSource,
): readonly NeighbourProbe[] {
  const exchanges = source.exchanges
    .filter(({ asked }) => asked.customerId === neighbour.id)
    .toSorted((a, b) => a.sentMs - b.sentMs);
  const decisive = own.filter((one) => isAnswered(one) || isTokenLimitRefusal(one));
  const usedUp = ownUseOf(neighbour, exchanges, source);
  return exchanges.map((exchange) => ({
    exchange,
    moment: momentOf(exchange, decisive),
    outcome: outcomeOf(exchange, usedUp),
    beside: decisive.findLast((one) => isTokenLimitRefusal(one) && one.sentMs <= exchange.receivedMs) ?? null,
  }));
}

/** From the last of the audited customer's probes that ended before this one began to the first begun after it ended. */
function momentOf(exchange: Exchange, decisive: readonly Exchange[]): Moment {
  const last = decisive.findLastIndex(({ receivedMs }) => receivedMs <= exchange.sentMs);
  const next = decisive.findIndex(({ sentMs }) => sentMs >= exchange.receivedMs);
  const around = decisive.slice(Math.max(0, last), next < 0 ? decisive.length : next + 1);
  if (around.length === 0) return 'edge';
  if (around.every(isTokenLimitRefusal)) return last >= 0 && next >= 0 ? 'during' : 'edge';
  if (!around.every(isAnswered)) return 'edge';
  const isLater = decisive.slice(0, Math.max(0, last)).some(isTokenLimitRefusal);
  return isLater ? 'after' : 'before';
}

function outcomeOf(exchange: Exchange, usedUp: ReadonlySet<Exchange>): Outcome {
  if (isAnswered(exchange)) return exchange.error === null ? 'admitted' : 'other';
  if (isTokenLimitRefusal(exchange)) return usedUp.has(exchange) ? 'own-use' : 'token-limit';
  return exchange.refusedBy === 'model' ? 'model' : 'other';
}

/** The refusals that what we sent with the neighbour's own key may explain, under any kind of limiter. */
function ownUseOf(
  neighbour: NeighbourDeclaration,
  exchanges: readonly Exchange[],
  { declared, priorCharges }: SceneSource,
): ReadonlySet<Exchange> {
  const ledger = readLedger({ exchanges, priorCharges: chargesOf(neighbour, priorCharges) }, declared.gateway.headers);
  const share = (neighbour.tokensPerMinute * declared.settings.tolerancePercent) / 100;
  const least = neighbour.tokensPerMinute - Math.max(share, ledger.smallestCost ?? 0);
  const explained = ledger.refusals.filter((refusal) =>
    limiterKinds.some((kind) => possiblyUsed(kind, ledger.charges, refusal) >= least),
  );
  return new Set(explained.map(({ exchange }) => exchange));
}

function chargesOf({ counter }: NeighbourDeclaration, charges: readonly Charge[]): readonly Charge[] {
  return charges.filter((charge) => charge.counter === counter);
}

/** The smallest probe with a neighbour's key, or with the audited customer's own. */
export function trickle(step: string, neighbour?: NeighbourDeclaration) {
  return { ...smallestProbe(step), ...(neighbour !== undefined && { customerId: neighbour.id }) };
}

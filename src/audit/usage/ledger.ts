import type { Exchange, TokenUsage } from '../../probe/exchange';
import { costOf } from '../charges';
import type { HeaderNames } from '../declaration';
import { isLikelyCached } from '../likely-cached';

/** How a call ended, as far as metering goes. */
export type CallSurface = 'plain' | 'streamed' | 'refused' | 'aborted';

/** What models reported to us of some calls. */
export interface UsageLedger {
  /** Answered calls whose usage is known. */
  readonly calls: readonly Exchange[];
  readonly tokens: TokenUsage;
  /** What calls may have cost beyond that, of which nobody told us: no answer, no usage, perhaps from a cache. */
  readonly doubtfulTokens: number;
}

/** A refusal costs nothing; what broke off may have been metered or not. */
export function surfaceOf(exchange: Exchange): CallSurface {
  const { status, error, asked } = exchange;
  if (status !== null && status >= 200 && status < 300 && error === null) return asked.streamed ? 'streamed' : 'plain';
  return status !== null && status >= 400 && status < 500 ? 'refused' : 'aborted';
}

export function ledgerOf(exchanges: readonly Exchange[], headers: HeaderNames): UsageLedger {
  const calls = exchanges.filter((exchange) => isSure(exchange, headers));
  const doubtful = exchanges.filter((exchange) => !isSure(exchange, headers));
  const sum = (part: keyof TokenUsage) => calls.reduce((tokens, { usage }) => tokens + (usage?.[part] ?? 0), 0);
  return {
    calls,
    tokens: { prompt: sum('prompt'), completion: sum('completion'), total: sum('total') },
    doubtfulTokens: doubtful.reduce((tokens, exchange) => tokens + possibleCostOf(exchange), 0),
  };
}

function isSure(exchange: Exchange, headers: HeaderNames): boolean {
  const surface = surfaceOf(exchange);
  const isAnswered = surface === 'plain' || surface === 'streamed';
  return isAnswered && exchange.usage !== null && !isLikelyCached(exchange, headers);
}

/** A gateway that gave up on its model (5xx) may still meter what the model did. */
function possibleCostOf(exchange: Exchange): number {
  const isGivenUp = exchange.status !== null && exchange.status >= 500;
  return isGivenUp ? exchange.boundTokens : costOf(exchange);
}

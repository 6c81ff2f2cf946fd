import type { TokenUsage } from '../../probe/exchange';
import type { UsageLedger } from './ledger';
import type { BookedUsage } from './metered';

/** Metering rounds; beyond this share of the ledger, or a token a call, it is off. */
export const meteredShare = 0.02;
/** Streamed usage is estimated by the gateway; so much of the ledger is allowed. */
export const streamedShare = 0.1;

export type Difference =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'missing' | 'surplus' | 'undecided'; readonly part: TokenPart; readonly tokens: number };

export type TokenPart = keyof TokenUsage;

/** Tokens by which a meter may differ from the ledger. */
export function toleranceOf(ledger: UsageLedger, share: number, part: TokenPart = 'total'): number {
  return Math.max(Math.ceil(share * ledger.tokens[part]), ledger.calls.length);
}

/**
 * How what a meter booked differs from what models reported. The parts are compared where the meter's own add up.
 * Below what is sure, tokens are missing whatever else happened; above, only beyond all that may have been charged.
 */
export function compareUsage(ledger: UsageLedger, { tokens }: BookedUsage, share: number): Difference {
  const isSplit = share === meteredShare && Math.abs(tokens.prompt + tokens.completion - tokens.total) <= 1;
  const parts: readonly TokenPart[] = isSplit ? ['total', 'prompt', 'completion'] : ['total'];
  const differences = parts.map((part) => comparePart(ledger, { part, booked: tokens[part], share }));
  const worst = (kind: Difference['kind']) => {
    const [first, ...parts] = differences.filter((difference) => difference.kind === kind);
    // Where only one of the parts is off, that is what is wrong; else the total says it best.
    return parts.length === 1 ? parts[0] : first;
  };
  return worst('missing') ?? worst('surplus') ?? worst('undecided') ?? { kind: 'agrees' };
}

function comparePart(
  ledger: UsageLedger,
  { part, booked, share }: { readonly part: TokenPart; readonly booked: number; readonly share: number },
): Difference {
  const tolerance = toleranceOf(ledger, share, part);
  const beyond = booked - ledger.tokens[part];
  if (beyond < -tolerance) return { kind: 'missing', part, tokens: -beyond };
  if (beyond > ledger.doubtfulTokens + tolerance) return { kind: 'surplus', part, tokens: beyond };
  return beyond > tolerance ? { kind: 'undecided', part, tokens: beyond } : { kind: 'agrees' };
}

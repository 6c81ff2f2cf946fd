import type { Exchange } from '../../probe/exchange';
import { isAnswered, type Ledger, type Refusal } from './ledger';

/** Refusals with no answer among them, run by run, in the order in which they were finished. */
export function refusalRuns(exchanges: readonly Exchange[], ledger: Ledger): readonly (readonly Refusal[])[] {
  const byExchange = new Map(ledger.refusals.map((refusal) => [refusal.exchange, refusal]));
  const runs: Refusal[][] = [[]];
  for (const exchange of exchanges) {
    if (isAnswered(exchange)) runs.push([]);
    const refusal = byExchange.get(exchange);
    if (refusal !== undefined) runs.at(-1)?.push(refusal);
  }
  return runs.filter((run) => run.length > 0);
}

import type { Cell } from './cells';
import type { PromiseLie } from './simulated-gateway';

/** The cells in which audits are simulated, by what a correct judge must do with them. */
const kinds = ['sliding-window', 'token-bucket'] as const;
const limits = [60, 100, 10_000, 1_000_000] as const;
const latenciesMs = [50, 500, 1_000, 2_000] as const;

/** The gateway keeps its promises: no rule may fail. */
export const healthyCells: readonly Cell[] = cellsOf((base) => [base]);
export const healthyOfTwoCells: readonly Cell[] = cellsOf((base) => [{ ...base, counters: 2 }]);
export const healthyUndeclaredCells: readonly Cell[] = cellsOf((base) => [{ ...base, declaredKind: 'unknown' }]);
export const healthyEstimatingCells: readonly Cell[] = cellsOf((base) => [
  { ...base, model: { ...base.model, estimatesPrompts: true } },
]);
/** As slow and as large as audits are meant for. */
export const extremeCells: readonly Cell[] = kinds.flatMap((kind) =>
  [1, 2].map((counters) => ({ kind, sold: 2_000_000, counters, model: { latencyMs: 3_000 } })),
);

/** Another limit than the one sold is in force (null: none). */
export const wrongFactors = [0.5, 0.8, 0.85, 1.15, 1.25, 2, null] as const;
export const wrongLimitCells: readonly Cell[] = cellsOf((base) => wrongFactors.map((factor) => ({ ...base, factor })));

/** Others use the key: the stricter side may not be blamed on the gateway. */
export const othersCells: readonly Cell[] = cellsOf((base) =>
  [0.3, 0.9].map((othersShare) => ({ ...base, othersShare, dedicated: false })),
);

const lies: readonly PromiseLie[] = ['constant', 'half', 'too-long', 'missing'];
export const lyingCells: readonly Cell[] = cellsOf((base) =>
  lies.map((lie) => ({ ...base, model: { ...base.model, lie } })),
);

/** A second counter of the limit sold, of which the declaration knows nothing. */
export const undeclaredCounterCells: readonly Cell[] = cellsOf((base) =>
  (['random', 'round-robin'] as const).map((routing) => ({
    ...base,
    counters: 2,
    declaredCounters: 1,
    model: { ...base.model, routing },
  })),
);

function cellsOf(variants: (base: Cell) => readonly Cell[]): readonly Cell[] {
  return kinds.flatMap((kind) =>
    limits.flatMap((sold) => latenciesMs.flatMap((latencyMs) => variants({ kind, sold, model: { latencyMs } }))),
  );
}

/** What an interval can resolve: 1,000 tokens a minute and more, answers within a second. */
export function isResolvable({ sold, model }: Cell): boolean {
  return sold >= 1_000 && (model?.latencyMs ?? 0) <= 1_000;
}

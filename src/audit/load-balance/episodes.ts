import { openTimeOf, slackMs } from './breaker';
import { isAfter, isAnswer, isFailure, type Outcome } from './outcomes';
import { type Group, isLower, type PoolView } from './pool-view';

/** A member failed, and what came of it until the next such time. */
export interface Episode {
  readonly failures: readonly Outcome[];
  /** Who failed; null where the gateway answered in its place and more than one could have been it. */
  readonly failed: Group | null;
  /** Answers sent after the first failure was received, until the next episode. */
  readonly answers: readonly Outcome[];
  /** The first answer of another member. */
  readonly takenOverBy: Outcome | null;
  /** The first answer of a higher priority than what took over, or of the failed member itself. */
  readonly back: Outcome | null;
  /** Received last among its failures. */
  readonly lastFailure: Outcome;
  /** When its breaker must be closed again, slack included; infinite where nobody can know. Epoch ms. */
  readonly dueMs: number;
}

/** Failures follow each other in one episode until somebody has answered. */
export function episodesOf(outcomes: readonly Outcome[], view: PoolView): readonly Episode[] {
  const starts = outcomes.flatMap((outcome, index) => {
    if (!isFailure(outcome)) return [];
    const before = outcomes.slice(0, index).findLast((one) => isFailure(one) || isAnswer(one));
    return before === undefined || isAnswer(before) ? [index] : [];
  });
  return starts.flatMap((start, at) => {
    const first = outcomes[start];
    const before = outcomes.slice(0, start);
    return first === undefined
      ? []
      : [episodeOf(first, { before, during: outcomes.slice(start, starts[at + 1]) }, view)];
  });
}

function episodeOf(
  first: Outcome,
  { before, during }: { readonly before: readonly Outcome[]; readonly during: readonly Outcome[] },
  view: PoolView,
): Episode {
  const failures = during.filter(isFailure);
  const lastFailure = failures.reduce((last, one) => (one.exchange.receivedMs > last.exchange.receivedMs ? one : last));
  const failed = failures.find(({ group }) => group !== null)?.group ?? presumed(before, view);
  const answers = during.filter((one) => isAnswer(one) && isAfter(one, first));
  const takenOverBy = answers.find(({ group }) => group !== null && group !== failed) ?? null;
  const ownAgain = answers.find((one) => one.group !== null && one.group === failed && isAfter(one, lastFailure));
  const higherAgain = answers.find(
    (one) => takenOverBy !== null && isLower(view, takenOverBy.group) && isHigher(one.group, takenOverBy.group),
  );
  return {
    failures,
    failed,
    answers,
    takenOverBy,
    back: ownAgain ?? higherAgain ?? null,
    lastFailure,
    dueMs: lastFailure.exchange.receivedMs + openTimeOf(lastFailure, view).mostMs + slackMs,
  };
}

/** Where the gateway said nothing, the only member of the highest priority, if it had answered until then. */
function presumed(before: readonly Outcome[], view: PoolView): Group | null {
  const [only, another] = view.sharing;
  const last = before.findLast(isAnswer);
  return another === undefined && last !== undefined && last.group?.answersAs === only?.answersAs ? last.group : null;
}

export function isHigher(group: Group | null, than: Group | null): boolean {
  return group !== null && than !== null && !group.isMixed && group.priority < than.priority;
}

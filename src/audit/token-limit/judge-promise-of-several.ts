import type { Finding } from '../verdict';
import { refusalsToBelieve, refusalsToBeSure, slackMs } from './facts';
import type { Admission } from './ledger';
import { type Heading, type Promised, promised, tellingPromiseMs, windowEnds } from './promises';
import { refusalRuns } from './refusal-runs';
import { fail, failIfAlone, inconclusive, pass, type View } from './view';

/**
 * Promises of several counters: each binds only the counter that made it, and which one that was cannot be seen. What
 * can: no window ends outside of what was charged at all; and once refusals in a row show that every counter has
 * promised, none admits before the earliest of those promises, nor does a bucket refuse after the latest.
 */
export function judgePromiseOfSeveral(view: View, promises: readonly Promised[], { rule, expected }: Heading): Finding {
  const finding = (verdict: typeof fail, promise: Promised, because: string): Finding =>
    verdict(rule, { expected, observed: promised(promise), because });
  const strict = (promise: Promised, because: string): Finding =>
    failIfAlone(view, rule, { expected, observed: promised(promise), because });
  const isWindow = view.saturated && view.possible.every(({ kind }) => kind !== 'token-bucket');
  const isSliding = isWindow && view.possible.every(({ kind }) => kind === 'sliding-window');
  const isBucket = view.possible.every(({ kind }) => kind === 'token-bucket');

  const late = promises.find((promise) => promise.fromMs > windowEnds(view, promise.refusal).lastMs + slackMs);
  if (late !== undefined && isWindow) {
    return finding(fail, late, 'It ends after even the last charge has left the window.');
  }
  const early = promises.find((promise) => promise.toMs < windowEnds(view, promise.refusal).firstMs - slackMs);
  if (early !== undefined && isSliding) return strict(early, 'It ends before any own charge has left a window.');

  const rounds = roundsOf(view, promises);
  // A window may refuse on: its promise names its oldest charge only.
  const broken = isWindow ? [] : rounds.flatMap((round) => refusedAfterAll(view, round));
  if (isBucket && broken[0] !== undefined) {
    return strict(broken[0], 'A probe was refused after every counter had promised otherwise.');
  }
  const sure = rounds.filter((round) => round.promises.length >= refusalsToBeSure(view.counters));
  const tooLong = sure.map(admittedBeforeAll).find((promise) => promise !== undefined);
  if (tooLong !== undefined) {
    return finding(fail, tooLong, 'A probe was admitted clearly before the earliest promise of all counters.');
  }
  const kept = rounds.find(
    (round) => round.back !== undefined && longestOf(round).waitMs >= tellingPromiseMs && !admittedBeforeAll(round),
  );
  if (kept === undefined || broken.length > 0 || !view.alone) {
    const because = `The promises of all counters were not put to the test: ${view.evidence.stoppedBecause}.`;
    return finding(inconclusive, promises.reduce(later), because);
  }
  return finding(pass, longestOf(kept), 'Nothing was admitted before the promises of all counters, and then it was.');
}

/** Enough refusals in a row for every counter to be among them, and the admission that ended them. */
interface Round {
  readonly promises: readonly Promised[];
  readonly back: Admission | undefined;
}

function roundsOf(view: View, promises: readonly Promised[]): readonly Round[] {
  return refusalRuns(view.evidence.exchanges, view.ledger)
    .map((run) => {
      const back = view.ledger.admissions.find((admission) => admission.sentMs > (run.at(-1)?.sentMs ?? 0));
      // A smaller prompt may fit where a larger one, if it was estimated, did not.
      const most = back?.exchange.asked.promptTokens ?? Number.POSITIVE_INFINITY;
      const comparable = run.filter((refusal) => refusal.exchange.asked.promptTokens <= most);
      return { promises: promises.filter(({ refusal }) => comparable.includes(refusal)), back };
    })
    .filter((round) => round.promises.length >= refusalsToBelieve(view.counters));
}

/** A promise after which a probe was refused although it was the latest of enough for every counter to have made one. */
function refusedAfterAll(view: View, { promises }: Round): readonly Promised[] {
  const sure = refusalsToBeSure(view.counters);
  if (promises.length <= sure) return [];
  const latest = promises.slice(0, sure).reduce(later);
  return promises.some(({ refusal }) => refusal.sentMs > latest.toMs + slackMs) ? [latest] : [];
}

/** The earliest promise of all, where even that had not ended when a probe was admitted again. */
function admittedBeforeAll({ promises, back }: Round): Promised | undefined {
  const earliest = promises.reduce((a, b) => (b.fromMs < a.fromMs ? b : a));
  return back !== undefined && back.decidedByMs < earliest.fromMs - slackMs ? earliest : undefined;
}

function longestOf({ promises }: Round): Promised {
  return promises.reduce((a, b) => (b.waitMs > a.waitMs ? b : a));
}

function later(a: Promised, b: Promised): Promised {
  return b.toMs > a.toMs ? b : a;
}

import type { LimiterKind } from '../declaration';
import type { Finding } from '../verdict';
import { possiblyUsed, type Reading } from './bounds';
import { refusalsToBelieve } from './facts';
import { refusalRuns } from './refusal-runs';
import { bandOf } from './tolerance';
import { fail, failIfAlone, inconclusive, pass, type View } from './view';

/** The effective limit lies in `low`..`high` tokens per minute; `high` is null where the gateway never refused. */
export interface Interval {
  readonly low: number;
  readonly high: number | null;
}

/** The union of the intervals of every kind that the evidence leaves possible; of all kinds where it leaves none. */
export function intervalOf(view: View): Interval {
  const { above, atMost } = unionOf(view);
  const low = Math.floor(above) + 1;
  return { low, high: atMost === null ? null : Math.max(low, Math.floor(atMost)) };
}

interface Bounds {
  readonly above: number;
  readonly atMost: number | null;
}

function unionOf(view: View): Bounds {
  const all = readingsOf(view).map((reading) => boundsOf(view, reading));
  const ends = all.map((bounds) => bounds.atMost);
  return {
    above: Math.max(0, Math.min(...all.map((bounds) => bounds.above))),
    atMost: ends.some((end) => end === null) ? null : Math.max(...ends.map((end) => end ?? 0)),
  };
}

function readingsOf(view: View): readonly Reading[] {
  return view.possible.length > 0 ? view.possible : view.all;
}

/** What a reading says of the limit of all counters together. */
function boundsOf(view: View, reading: Reading): Bounds {
  if (view.counters === 1) return reading;
  return { above: reading.above - surplusOfSeveral(view), atMost: endOfSeveral(view, reading.kind) };
}

/** Each counter but the one that admitted last may have been overrun by the step that crossed its limit. */
function surplusOfSeveral(view: View): number {
  const steps = view.ledger.admissions.map((admission) => admission.charge.high).toSorted((a, b) => b - a);
  return steps.slice(0, view.counters - 1).reduce((total, tokens) => total + tokens, 0);
}

/**
 * Several counters have all refused only within enough refusals in a row, each at some instant from the first of them
 * to the last: what is bound is what may have been used over all that time.
 */
function endOfSeveral(view: View, kind: LimiterKind): number | null {
  const needed = refusalsToBelieve(view.counters);
  const ends = refusalRuns(view.evidence.exchanges, view.ledger).flatMap((run) =>
    run.slice(needed - 1).map((last, index) => {
      const first = run[index] ?? last;
      const { decidedByMs } = last;
      const ownPrompt = Math.max(first.ownPrompt, last.ownPrompt);
      return possiblyUsed(kind, view.ledger.charges, { sentMs: first.sentMs, decidedByMs, ownPrompt });
    }),
  );
  return ends.length === 0 ? null : Math.min(...ends);
}

type Place = 'inside' | 'below' | 'above' | 'unclear';

/** Where the limit lies under every reading that is left, each measured by the tolerance of its own kind. */
function placeOf(view: View): Place {
  const places = new Set(readingsOf(view).map((reading) => placeOfReading(view, reading)));
  const [only] = places;
  if (places.size !== 1 || only === undefined) return 'unclear';
  // What looks undisturbed may do so by chance: where that alone excludes a kind, it blames nobody.
  const isSure = view.alone || view.all.every((reading) => placeOfReading(view, reading) === only);
  return only === 'above' && !isSure ? 'unclear' : only;
}

function placeOfReading(view: View, reading: Reading): Place {
  const band = bandOf(view.evidence.declared, view.ledger, reading.kind);
  const { above, atMost } = boundsOf(view, reading);
  if (above > band.high) return 'above';
  if (atMost === null) return 'unclear';
  if (atMost < band.low) return 'below';
  return above >= band.low - 1 && atMost <= band.high ? 'inside' : 'unclear';
}

export function judgeEnforced(view: View): Finding {
  const rule = 'limit-enforced';
  const { refusals, admissions } = view.ledger;
  const onEach = view.counters > 1 ? ` on each of ${view.counters} counters` : '';
  const expected = `a refusal once ${view.limit} tokens a minute${onEach} are used up`;
  if (refusals.length > 0) {
    const observed = `${refusals.length} probes refused by the gateway's token limit`;
    return pass(rule, { expected, observed, because: 'The gateway refused with its own token limit.' });
  }
  const surely = Math.floor(unionOf(view).above);
  const observed = `no refusal; ${surely} tokens surely used in a minute over ${admissions.length} admitted probes`;
  if (placeOf(view) === 'above') {
    const because = 'More was admitted than any allowance explains, and nothing was refused.';
    return fail(rule, { expected, observed, because });
  }
  const because = `Probing ended before the limit was passed: ${view.evidence.stoppedBecause}.`;
  return inconclusive(rule, { expected, observed, because });
}

export function judgeValue(view: View): Finding {
  const rule = 'limit-value';
  const { band, limit, counters } = view;
  const { above, atMost } = unionOf(view);
  const { low, high } = intervalOf(view);
  const perCounter = counters > 1 ? ` (${counters} counters)` : '';
  const expected = `${limit} tokens/min, ${Math.ceil(band.low)} to ${Math.floor(band.high)} allowed${perCounter}`;
  const observed =
    high === null ? `above ${low - 1} tokens/min, no refusal seen` : `between ${low} and ${high} tokens/min`;
  const words = (because: string) => ({ expected, observed, because });
  switch (placeOf(view)) {
    case 'above':
      if (view.possible.length === 0) return inconclusive(rule, words(contradiction));
      return fail(
        rule,
        words(
          `${Math.floor(above)} tokens had surely been charged within the minute when another probe was admitted: the limit in force is higher than sold, or more counters enforce it than declared.`,
        ),
      );
    case 'below':
      if (view.possible.length === 0) return inconclusive(rule, words(contradiction));
      return failIfAlone(
        view,
        rule,
        words(
          `The gateway refused when at most ${Math.floor(atMost ?? 0)} tokens can have been charged within the minute.`,
        ),
      );
    case 'inside':
      if (view.possible.length === 0) return inconclusive(rule, words(contradiction));
      if (!view.saturated)
        return inconclusive(rule, words(`The refusals were not believed: ${view.evidence.stoppedBecause}.`));
      if (!view.undisturbed) return inconclusive(rule, words(company));
      return pass(rule, words('Both ends of what the limit can be lie within the tolerance.'));
    case 'unclear':
      if (atMost === null)
        return inconclusive(rule, words(`The limit was not reached: ${view.evidence.stoppedBecause}.`));
      if (view.possible.length === 0) return inconclusive(rule, words(contradiction));
      return inconclusive(rule, words('What the limit can be lies only partly within the tolerance.'));
  }
}

const contradiction =
  'Refusals and admissions contradict any single counter: there are several, or somebody else is on it, so the limit of one cannot be told.';

const company = 'It fits, but others may be using this key, and what they used would hide a higher limit.';

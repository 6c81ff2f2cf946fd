import { effectiveTokensPerMinute } from '../../apim/token-limits';
import type { Evidence } from '../check';
import type { DriftView, RequestWay } from './drift-view';
import { type Decision, decided, undecided } from './finding';

type Earlier = Pick<Evidence, 'earlierAudits'>;

/** Whether what the last audit of the token limit measured is what the policies say. */
export function judgeEnforced(view: DriftView, way: RequestWay, { earlierAudits = [] }: Earlier): Decision | null {
  const measured = earlierAudits.find(({ check }) => check === 'token-limit');
  const range = measured?.estimate.tokensPerMinute;
  const limit = effectiveTokensPerMinute(way);
  if (measured === undefined || range === undefined || limit.kind !== 'known') return null;
  const { counters } = view.declared.gateway;
  const tolerance = (limit.count * view.declared.settings.tolerancePercent) / 100;
  const [least, most] = [Math.floor(limit.count - tolerance), Math.ceil(counters * (limit.count + tolerance))];
  const expected = `${limit.count} tokens/min as configured, ${least} to ${most} allowed`;
  const observed = `${describe(range)}, measured ${measured.finishedAt}`;
  const changed = changesSince(view, { earlierAudits });
  if (changed !== null && changed.length > 0) {
    return undecided(
      expected,
      observed,
      'the configuration has changed since it was last read, so that the measured limit may be the old one',
    );
  }
  if (range.low > most || (range.high !== null && range.high < least)) {
    const because = 'The gateway was measured to enforce something else than its policies say.';
    return decided('fail', { expected, observed, because });
  }
  if (range.high === null)
    return undecided(expected, observed, 'that audit saw no refusal, so that it found no upper bound');
  const isWithin = range.low >= least && range.high <= most;
  return isWithin
    ? decided('pass', { expected, observed, because: 'The gateway enforces what its policies say.' })
    : undecided(expected, observed, 'the measured interval lies only in part where it should');
}

/** What is another since the last audit of this kind. Told, not blamed: other rules say whether it is as declared. */
export function judgeChanged(view: DriftView, { earlierAudits = [] }: Earlier): Decision | null {
  const last = earlierAudits.find(({ check }) => check === 'config-drift');
  const changes = changesSince(view, { earlierAudits });
  if (last === undefined || changes === null) return null;
  const expected = `changes since ${last.finishedAt} are told`;
  const observed = changes.length === 0 ? 'nothing has changed' : changes.join('; ');
  const because =
    changes.length === 0 ? 'All hashes are the same.' : 'These parts have other hashes than at the last audit.';
  return decided('pass', { expected, observed, because });
}

/** Null: there is nothing to compare with. What could not be read this time, or that time, is no change. */
function changesSince({ configuration }: DriftView, { earlierAudits = [] }: Earlier): readonly string[] | null {
  const before = earlierAudits.find(({ check }) => check === 'config-drift')?.estimate.configuration;
  if (before === undefined) return null;
  const now = configuration.hashes;
  const isWhole = configuration.unread.length === 0;
  const changed = Object.keys(now).filter((part) => before[part] !== undefined && before[part] !== now[part]);
  const added = Object.keys(now).filter((part) => before[part] === undefined);
  const gone = isWhole ? Object.keys(before).filter((part) => now[part] === undefined) : [];
  return [
    ...changed.map((part) => `${part} has changed`),
    ...added.map((part) => `${part} is new`),
    ...gone.map((part) => `${part} is gone`),
  ];
}

function describe({ low, high }: { readonly low: number; readonly high: number | null }): string {
  return high === null ? `above ${low} tokens/min` : `between ${low} and ${high} tokens/min`;
}

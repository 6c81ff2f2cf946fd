import { effectiveTokensPerMinute } from '../../apim/token-limits';
import type { Evidence } from '../check';
import type { Estimate } from '../report';
import type { EarlierAudit } from '../running/earlier-audits';
import type { Verdict } from '../verdict';
import type { DriftView, RequestWay } from './drift-view';
import { type Decision, decided, undecided } from './finding';

type Earlier = Pick<Evidence, 'earlierAudits'>;
type Range = NonNullable<Estimate['tokensPerMinute']>;

/** What token-limit grants a limit beside the tolerance: a probe's tokens, and what a bucket refills in three seconds. */
const probeTokens = 20;
const refillShare = 0.05;

/**
 * Whether what the last audit of the token limit measured is what the policies say. That audit asked as `chat`. It knows
 * what a correct gateway must be granted, so its own verdict counts where it judged by the same number; and what it
 * could not decide is not decided here. Blames only where the policies were the same before it as they are now.
 */
export function judgeEnforced(view: DriftView, way: RequestWay, { earlierAudits = [] }: Earlier): Decision | null {
  const measured = earlierAudits.find(({ check }) => check === 'token-limit');
  const limit = effectiveTokensPerMinute(way);
  if (way.called !== 'chat' || limit.kind !== 'known') return null;
  if (measured === undefined || measured.gatewayId !== view.declared.gateway.id) return null;
  const range = measured.estimate.tokensPerMinute;
  const ruled = verdictOn(measured);
  if (range === undefined || ruled === null) return null;
  const isSold = measured.tokensPerMinute === limit.count;
  const band = bandAround(limit.count, view);
  const allowed = isSold ? 'allowed as for token-limit' : `${band.least} to ${band.most} allowed`;
  const expected = `${limit.count} tokens/min as configured, ${allowed}`;
  const observed = `${describe(range)}, measured ${measured.finishedAt}`;
  const changes = changesSince(view, { earlierAudits });
  if (changes !== null && changes.length > 0) {
    return undecided(
      expected,
      observed,
      'the configuration has changed since it was last read, so that the measured limit may be the old one',
    );
  }
  if (ruled === 'inconclusive') return undecided(expected, observed, 'that audit could not decide what the limit is');
  switch (isSold ? ruled : verdictWithin(band, range, view)) {
    case 'pass':
      return decided('pass', { expected, observed, because: 'The gateway enforces what its policies say.' });
    case 'inconclusive':
      return undecided(expected, observed, 'others may have been there, or it lies only in part where it should');
    case 'fail': {
      if (changes === null || !wasReadBefore(measured, { earlierAudits })) {
        const because = 'nobody had read the policies before that audit: they may have been others then';
        return undecided(expected, observed, because);
      }
      const because = 'The gateway was measured to enforce something else than its policies say.';
      return decided('fail', { expected, observed, because });
    }
  }
}

/** What that audit decided of the limit; null: it said nothing of it. */
function verdictOn({ verdicts }: EarlierAudit): Verdict | null {
  return verdicts['limit-enforced'] === 'fail' ? 'fail' : (verdicts['limit-value'] ?? null);
}

interface Band {
  readonly least: number;
  readonly most: number;
}

function bandAround(tokensPerMinute: number, { declared }: DriftView): Band {
  const share = Math.max((tokensPerMinute * declared.settings.tolerancePercent) / 100, probeTokens);
  const tolerance = share + refillShare * tokensPerMinute;
  return {
    least: Math.max(0, Math.floor(tokensPerMinute - tolerance)),
    most: Math.ceil(declared.gateway.counters * (tokensPerMinute + tolerance)),
  };
}

/** Others on the counter make a limit look lower than it is. */
function verdictWithin({ least, most }: Band, { low, high }: Range, { declared }: DriftView): Verdict {
  if (low > most) return 'fail';
  if (high === null) return 'inconclusive';
  if (high < least) return declared.customer.dedicated ? 'fail' : 'inconclusive';
  return low >= least && high <= most ? 'pass' : 'inconclusive';
}

function wasReadBefore(measured: EarlierAudit, { earlierAudits = [] }: Earlier): boolean {
  const read = earlierAudits.find(({ check }) => check === 'config-drift');
  return read !== undefined && Date.parse(read.finishedAt) <= Date.parse(measured.startedAt);
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

/** Null: there is nothing to compare with. What could not be read this time is no change. */
function changesSince({ configuration }: DriftView, { earlierAudits = [] }: Earlier): readonly string[] | null {
  const before = earlierAudits.find(({ check }) => check === 'config-drift')?.estimate.configuration;
  if (before === undefined || Object.keys(before).length === 0) return null;
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

function describe({ low, high }: Range): string {
  return high === null ? `above ${low} tokens/min` : `between ${low} and ${high} tokens/min`;
}

import type { Stated } from '../../apim/stated';
import { countersOf, limiterOf } from '../../apim/tier';
import { effectiveTokensPerMinute, type TokenLimit } from '../../apim/token-limits';
import type { HeaderNames } from '../declaration';
import { type DriftView, type RequestWay, unreadBecause } from './drift-view';
import { type Decision, decided, undecided } from './finding';

/** Whether the service's tier counts tokens as declared. */
export function judgeLimiterConfigured({ configuration, declared }: DriftView): Decision | null {
  const { limiter } = declared.gateway;
  if (limiter === 'unknown') return null;
  const unread = unreadBecause(configuration, 'service');
  const { sku } = configuration.service;
  const configured = limiterOf(sku);
  if (unread !== null) return undecided(limiter, 'the tier is not known', unread);
  if (configured === null)
    return undecided(limiter, `tier ${sku ?? 'unknown'}`, 'how that tier counts is not documented');
  const observed = `${configured} (tier ${sku})`;
  const isSame = configured === limiter;
  const because = isSame ? 'That tier counts as declared.' : 'That tier counts otherwise than declared.';
  return decided(isSame ? 'pass' : 'fail', { expected: limiter, observed, because });
}

/** Whether there are more regional gateways than counters were declared; how many of them requests reach is not read. */
export function judgeCountersConfigured({ configuration, declared }: DriftView): Decision | null {
  const { counters, endpoint } = declared.gateway;
  const gateways =
    unreadBecause(configuration, 'service') === null ? countersOf(configuration.service, endpoint) : null;
  if (gateways === null) return null;
  const expected = `counters: at most ${counters}`;
  const observed = `regional gateways: ${gateways}`;
  if (gateways > counters) {
    const because = 'each regional gateway counts by itself: if requests reach several, counters declares how many';
    return undecided(expected, observed, because);
  }
  return decided('pass', { expected, observed, because: 'No more gateways count than declared.' });
}

/** Whether this customer's tokens are counted apart from others', as declared. */
export function judgeCounterConfigured({ declared }: DriftView, way: RequestWay): Decision | null {
  const { id, counter } = declared.customer;
  const limit = effectiveTokensPerMinute(way);
  if (limit.kind !== 'known') return null;
  const { countedOn, where } = limit.limit;
  const isOwn = counter === id;
  switch (countedOn.kind) {
    case 'unknown':
      return null;
    case 'subscription':
      // Customers that are declared to share one may have keys of one subscription.
      if (!isOwn) return null;
      return decided('pass', {
        expected: 'a counter of its own',
        observed: `counted on the subscription, in ${where}`,
        because: 'Each subscription has its counter.',
      });
    case 'constant':
    case 'shared': {
      const on = countedOn.kind === 'constant' ? `the constant "${countedOn.text}"` : `the ${countedOn.by}`;
      const observed = `counted on ${on}, in ${where}`;
      const shares = { observed, because: 'Whoever comes by that policy shares the counter.' };
      if (!isOwn) return decided('pass', { expected: `a counter shared as "${counter}"`, ...shares });
      const because = 'it is its own only if nobody else comes by that policy; customers that share it declare counter';
      return undecided('a counter of its own', observed, because);
    }
    default:
      return countedOn satisfies never;
  }
}

/** Where a limit that names no header of its own puts the wait; and what is declared where nothing is. */
const usualRetryAfter = 'retry-after';

/** Whether the limit's headers have the names that are declared. Those that it does not name may come from elsewhere. */
export function judgeHeadersConfigured({ declared }: DriftView, way: RequestWay): Decision | null {
  const limit = effectiveTokensPerMinute(way);
  if (limit.kind !== 'known') return null;
  const { where } = limit.limit;
  const names = namesOf(limit.limit, { way, declared: declared.gateway.headers });
  if (names.length === 0) return null;
  const different = names.filter(({ expected, observed }) => !observed.includes(expected));
  if (different.length === 0) {
    return decided('pass', { ...told(names), because: `The limit in ${where} sends them so.` });
  }
  const isDeclared = different.some(({ expected }) => expected !== usualRetryAfter);
  if (isDeclared) {
    return decided('fail', { ...told(different), because: `The limit in ${where} sends them by other names.` });
  }
  const { expected, observed } = told(different);
  const because = `the limit in ${where} sends it by another name than the usual one; headers.retryAfter declares which`;
  return undecided(expected, observed, because);
}

interface HeaderName {
  readonly header: 'consumedTokens' | 'remainingTokens' | 'retryAfter';
  readonly expected: string;
  readonly observed: readonly string[];
}

/** In lower case; of the tokens used, each limit on the way sends the same count. */
function namesOf(
  limit: TokenLimit,
  { way, declared }: { readonly way: RequestWay; readonly declared: HeaderNames },
): readonly HeaderName[] {
  const others = way.limits.filter(({ condition }) => condition === null);
  const observed: Readonly<Record<HeaderName['header'], readonly string[]>> = {
    consumedTokens: others.flatMap(({ headers }) => nameIn(headers.consumedTokens)),
    remainingTokens: nameIn(limit.headers.remainingTokens),
    retryAfter: limit.headers.retryAfter === null ? [usualRetryAfter] : nameIn(limit.headers.retryAfter),
  };
  return (['consumedTokens', 'remainingTokens', 'retryAfter'] as const).flatMap((header) => {
    const expected = declared[header]?.toLowerCase();
    return expected === undefined || observed[header].length === 0
      ? []
      : [{ header, expected, observed: observed[header] }];
  });
}

function nameIn(stated: Stated | null): readonly string[] {
  return stated?.kind === 'known' ? [stated.text.toLowerCase()] : [];
}

function told(names: readonly HeaderName[]): { readonly expected: string; readonly observed: string } {
  return {
    expected: names.map(({ header, expected }) => `${header} in ${expected}`).join(', '),
    observed: names.map(({ header, observed }) => `${header} in ${observed.join(' and ')}`).join(', '),
  };
}

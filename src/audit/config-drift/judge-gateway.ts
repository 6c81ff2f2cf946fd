import { countersOf, limiterOf } from '../../apim/tier';
import { effectiveTokensPerMinute } from '../../apim/token-limits';
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

/** Whether there are more regional gateways, each of which counts by itself, than were declared. */
export function judgeCountersConfigured({ configuration, declared }: DriftView): Decision | null {
  const { counters, endpoint } = declared.gateway;
  const gateways =
    unreadBecause(configuration, 'service') === null ? countersOf(configuration.service, endpoint) : null;
  if (gateways === null) return null;
  const expected = `counters: at most ${counters}`;
  const observed = `regional gateways: ${gateways}`;
  const because =
    gateways <= counters
      ? 'No more gateways count than declared.'
      : 'Each regional gateway counts by itself, so that the limit may be admitted once on each.';
  return decided(gateways <= counters ? 'pass' : 'fail', { expected, observed, because });
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
      const expected = 'a counter of its own';
      if (countedOn.kind === 'shared' && countedOn.by === 'product') {
        return undecided(expected, observed, 'it is its own only if the product has no other subscription');
      }
      return decided('fail', { expected, ...shares });
    }
    default:
      return countedOn satisfies never;
  }
}

/** Whether the limit's headers have the names that are declared. Those that it does not name may come from elsewhere. */
export function judgeHeadersConfigured({ declared }: DriftView, way: RequestWay): Decision | null {
  const limit = effectiveTokensPerMinute(way);
  if (limit.kind !== 'known') return null;
  const { headers, where } = limit.limit;
  const names = (['consumedTokens', 'remainingTokens', 'retryAfter'] as const).flatMap((header) => {
    const expected = declared.gateway.headers[header];
    const said = headers[header];
    // Without a name of its own the wait stands in the standard header.
    const observed =
      said?.kind === 'known'
        ? said.text.toLowerCase()
        : said === null && header === 'retryAfter'
          ? 'retry-after'
          : null;
    return expected === null || observed === null ? [] : [{ header, expected, observed }];
  });
  if (names.length === 0) return null;
  const different = names.filter(({ expected, observed }) => expected.toLowerCase() !== observed);
  const list = (key: 'expected' | 'observed', of: typeof names) =>
    of.map((name) => `${name.header} in ${name[key]}`).join(', ');
  return different.length === 0
    ? decided('pass', {
        expected: list('expected', names),
        observed: list('observed', names),
        because: `The limit in ${where} sends them so.`,
      })
    : decided('fail', {
        expected: list('expected', different),
        observed: list('observed', different),
        because: `The limit in ${where} sends them by other names.`,
      });
}

import { nameOfPlace } from '../../apim/apim-configuration';
import { opens } from '../../apim/request-way';
import { type EffectiveCount, effectiveQuota, effectiveTokensPerMinute } from '../../apim/token-limits';
import { type DriftView, isOnTheWay, type PlacedLimit, type RequestWay, whyNoWay } from './drift-view';
import { type Decision, decided, undecided } from './finding';

/** Whether the tightest limit on the customer's way is the one that was sold. */
export function judgeLimitConfigured(view: DriftView, way: RequestWay): Decision | null {
  const { tokensPerMinute } = view.declared.customer;
  const expected = `${tokensPerMinute} tokens/min${way.called === 'chat' ? '' : ` for ${way.called}`}`;
  const limit = effectiveTokensPerMinute(way);
  switch (limit.kind) {
    case 'unknown':
      return undecided(expected, 'cannot be told without running the gateway', limit.because.join('; '));
    case 'none':
      // A limit that stands elsewhere is not missing: that it cannot be reached is another rule's finding.
      if (limitsMeantFor(way, view).length > 0) return null;
      return decided('fail', {
        expected,
        observed: 'no token limit',
        because: `No policy that ${way.called} requests with this customer's key come by limits tokens.`,
      });
    case 'known': {
      const isSame = limit.count === tokensPerMinute;
      const observed = `${limit.count} tokens/min, in ${limit.limit.where}`;
      const because = isSame ? 'The policy says what was sold.' : 'The policy says something else than was sold.';
      return decided(isSame ? 'pass' : 'fail', { expected, observed, because });
    }
    default:
      return limit satisfies never;
  }
}

/** Whether requests with this customer's key come by the limit: a product's policy is only for keys of that product. */
export function judgeLimitReachable(view: DriftView, way: RequestWay): Decision | null {
  const { subscription, api, declared, configuration } = view;
  const limiting = limitsMeantFor(way, view);
  if (subscription === null || limiting.length === 0) return null;
  const expected = `${way.called} requests with this customer's key come by the token limit`;
  const scope = scopeName(view);
  const keyProduct = subscription.scope.kind === 'product' ? subscription.scope.id : null;
  const product = configuration.products.find(({ id }) => id.toLowerCase() === keyProduct?.toLowerCase());
  const isHeld =
    keyProduct === null || product?.hasApi !== false || configuration.unread.some(({ part }) => part === 'products');
  if (!opens(subscription.scope, api) || !isHeld) {
    return decided('fail', { expected, observed: scope, because: `Such a key does not open API ${api.id}.` });
  }
  const limit = effectiveTokensPerMinute(way);
  const sure = way.limits.filter(({ tokensPerMinute, condition }) => tokensPerMinute !== null && condition === null);
  const passedBy = limiting.filter((one) => isPassedBy(one, way) && isTighter(one, limit));
  const isKept =
    limit.kind === 'unknown' || (limit.kind === 'known' && limit.count <= declared.customer.tokensPerMinute);
  if (passedBy.length > 0 && !isKept) {
    const observed = `${scope}; the limit stands in ${passedBy.map(({ place }) => nameOfPlace(place)).join(', ')}`;
    return decided('fail', { expected, observed, because: whyPassedBy(passedBy[0], way) });
  }
  if (sure.length > 0) {
    const observed = `${scope}; the limit stands in ${sure.map(({ where }) => where).join(', ')}`;
    return decided('pass', { expected, observed, because: 'That policy applies to every such request.' });
  }
  const doubts = limit.kind === 'unknown' ? limit.because.join('; ') : 'it cannot be told';
  return undecided(expected, scope, doubts);
}

/** Whether the quota is the one that was sold; one that nobody declared ends the customer's calls all the same: told, not blamed. */
export function judgeQuotaConfigured({ declared }: DriftView, way: RequestWay): Decision | null {
  const { tokenQuota } = declared.customer;
  const quota = effectiveQuota(way);
  const expected = tokenQuota ? `${tokenQuota.tokens} tokens, ${tokenQuota.period}` : 'no quota declared';
  if (quota.kind === 'unknown') {
    return tokenQuota
      ? undecided(expected, 'cannot be told without running the gateway', quota.because.join('; '))
      : null;
  }
  if (quota.kind === 'none') {
    const because = 'No policy that its requests come by has a token quota.';
    return tokenQuota ? decided('fail', { expected, observed: 'no quota', because }) : null;
  }
  const observed = `${quota.count} tokens, ${quota.period}, in ${quota.limit.where}`;
  if (tokenQuota === undefined) {
    const because = 'no tokenQuota is declared, so that nobody can tell whether this one was sold';
    return undecided(expected, observed, because);
  }
  const isSame = tokenQuota.tokens === quota.count && tokenQuota.period.toLowerCase() === quota.period?.toLowerCase();
  const because = isSame ? 'The policy says what was sold.' : 'The policy says something else than was sold.';
  return decided(isSame ? 'pass' : 'fail', { expected, observed, because });
}

/** Without a way nothing can be said of what applies; that is said once. */
export function judgeNoWay(view: DriftView): Decision | null {
  if (view.ways.length > 0) return null;
  return undecided(
    "requests with this customer's key come by the token limit",
    "this customer's key is not known in the service",
    whyNoWay(view),
  );
}

/** The limits that were written for such calls, on their way or not: an operation's is for those that it serves alone. */
function limitsMeantFor(way: RequestWay, { limits }: DriftView): readonly PlacedLimit[] {
  return limits.filter(
    ({ place, limit }) => limit.tokensPerMinute !== null && (place.scope !== 'operation' || isOnTheWay(place, way)),
  );
}

function isTighter({ limit }: PlacedLimit, effective: EffectiveCount): boolean {
  const { tokensPerMinute } = limit;
  return effective.kind !== 'known' || tokensPerMinute?.kind !== 'known' || tokensPerMinute.count < effective.count;
}

function isPassedBy({ place, limit }: PlacedLimit, way: RequestWay): boolean {
  if (limit.condition !== null) return false;
  if (!isOnTheWay(place, way)) return true;
  return !way.limits.some(({ where }) => where === limit.where);
}

function whyPassedBy(passed: PlacedLimit | undefined, way: RequestWay): string {
  if (passed === undefined) return 'It is on no way of this key.';
  const { place } = passed;
  if (!isOnTheWay(place, way) && place.scope === 'product') {
    return `A product's policy applies only to keys of product ${place.id}: requests with this key are not limited by it.`;
  }
  const inner = way.places.at(-1);
  return `A policy inside of it, such as ${inner ? nameOfPlace(inner) : 'that of the API'}, does not say <base/>, so that it is passed by.`;
}

function scopeName({ subscription }: DriftView): string {
  const scope = subscription?.scope;
  switch (scope?.kind) {
    case 'product':
      return `a key of product ${scope.id}`;
    case 'api':
      return `a key of API ${scope.id}`;
    case 'all-apis':
      return 'a key of all APIs';
    case 'other':
    case undefined:
      return 'a key of unknown scope';
    default:
      return scope satisfies never;
  }
}

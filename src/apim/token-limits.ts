import type { ApimConfiguration, PolicyPlace } from './apim-configuration';
import { type CountedOn, countedOn } from './counter-of';
import { type Blind, type EffectiveElement, effectiveSection } from './effective-policy';
import { isTokenLimit } from './policy-outline';
import { countIn, type Stated, type StatedCount, statedIn } from './stated';

/** A token limit policy, with its attributes as far as they can be told; null: it has no such attribute. */
export interface TokenLimit {
  readonly where: string;
  /** What must hold for it to apply; null: it always does. */
  readonly condition: string | null;
  readonly tokensPerMinute: StatedCount | null;
  readonly tokenQuota: StatedCount | null;
  readonly tokenQuotaPeriod: Stated | null;
  readonly countedOn: CountedOn;
  readonly headers: {
    readonly consumedTokens: Stated | null;
    readonly remainingTokens: Stated | null;
    readonly remainingQuotaTokens: Stated | null;
    readonly retryAfter: Stated | null;
  };
}

/** The token limits that a request comes by, and what on its way cannot be looked into. */
export interface LimitsOnTheWay {
  readonly limits: readonly TokenLimit[];
  readonly blind: readonly Blind[];
}

export function limitsOnTheWay(places: readonly PolicyPlace[], configuration: ApimConfiguration): LimitsOnTheWay {
  const { elements, blind } = effectiveSection('inbound', places, configuration);
  const limits = elements.filter(({ element }) => isTokenLimit(element)).map((one) => toTokenLimit(one, configuration));
  return { limits, blind };
}

/** What applies of several limits: the tightest of those that always do. */
export type EffectiveCount =
  | { readonly kind: 'known'; readonly count: number; readonly limit: TokenLimit }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly because: readonly string[] };

/** The tokens a minute that a request's way allows, where that can be told without running the gateway. */
export function effectiveTokensPerMinute(way: LimitsOnTheWay): EffectiveCount {
  return effectiveCount(way, ({ tokensPerMinute }) => tokensPerMinute, 'tokens-per-minute');
}

/** The quota's tokens; of quotas with several periods nobody can say which is the tightest. */
export function effectiveQuota(way: LimitsOnTheWay): EffectiveCount & { readonly period?: string } {
  const quota = effectiveCount(way, ({ tokenQuota }) => tokenQuota, 'token-quota');
  if (quota.kind !== 'known') return quota;
  const periods = way.limits.filter(({ tokenQuota }) => tokenQuota !== null).map((limit) => limit.tokenQuotaPeriod);
  const [period] = periods;
  if (period?.kind === 'unknown') return { kind: 'unknown', because: [`token-quota-period: ${period.because}`] };
  if (!period) return { kind: 'unknown', because: [`the quota in ${quota.limit.where} has no period`] };
  const isOne = periods.every((other) => other?.kind === 'known' && other.text === period.text);
  return isOne ? { ...quota, period: period.text } : { kind: 'unknown', because: ['quotas of several periods apply'] };
}

function effectiveCount(
  { limits, blind }: LimitsOnTheWay,
  countOf: (limit: TokenLimit) => StatedCount | null,
  attribute: string,
): EffectiveCount {
  const counted = limits.flatMap((limit) => {
    const count = countOf(limit);
    return count === null ? [] : [{ limit, count }];
  });
  const sure = counted.flatMap(({ limit, count }) =>
    count.kind === 'known' && limit.condition === null ? [{ count: count.count, limit }] : [],
  );
  const tightest = sure.toSorted((a, b) => a.count - b.count)[0] ?? null;
  const doubts = [
    ...counted.flatMap(({ count, limit: { condition, where } }) => {
      if (count.kind === 'unknown') return [`${attribute} in ${where}: ${count.because}`];
      const mayMatter = condition !== null && (tightest === null || count.count < tightest.count);
      return mayMatter ? [`${count.count} (${attribute} in ${where}) applies only ${condition}`] : [];
    }),
    ...blind.map(({ where, because }) => `${where} cannot be read: ${because}`),
  ];
  if (doubts.length > 0) return { kind: 'unknown', because: doubts };
  return tightest === null ? { kind: 'none' } : { kind: 'known', ...tightest };
}

function toTokenLimit({ element, where, condition }: EffectiveElement, configuration: ApimConfiguration): TokenLimit {
  const said = (attribute: string) => statedIn(element.attributes[attribute], configuration);
  return {
    where,
    condition,
    tokensPerMinute: countIn(said('tokens-per-minute')),
    tokenQuota: countIn(said('token-quota')),
    tokenQuotaPeriod: said('token-quota-period'),
    countedOn: countedOn(element.attributes['counter-key'], said('counter-key')),
    headers: {
      consumedTokens: said('tokens-consumed-header-name'),
      remainingTokens: said('remaining-tokens-header-name'),
      remainingQuotaTokens: said('remaining-quota-tokens-header-name'),
      retryAfter: said('retry-after-header-name'),
    },
  };
}

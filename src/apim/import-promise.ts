import type { Imported } from './import-pool';
import { effectiveQuota, effectiveTokensPerMinute, type LimitsOnTheWay, type TokenLimit } from './token-limits';

const periods = ['Hourly', 'Daily', 'Weekly', 'Monthly', 'Yearly'];

export interface ImportedPromise extends Imported<object> {
  /** The part `headers` of the gateway. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The parts of a customer that say what was promised; null where no limit can be told and none was given. */
export function importPromise(
  way: LimitsOnTheWay,
  { tokensPerMinute: given, group }: { readonly tokensPerMinute: number | null; readonly group: string },
): ImportedPromise {
  const limit = effectiveTokensPerMinute(way);
  const quota = effectiveQuota(way);
  const headers = headersOf(
    way.limits,
    limit.kind === 'known' ? limit.limit : null,
    quota.kind === 'known' ? quota.limit : null,
  );
  const counter = counterOf(way.limits, group);
  const notes = [
    ...(limit.kind === 'none' ? ['no token limit applies to its keys'] : []),
    ...(limit.kind === 'unknown' ? limit.because.map((because) => `the limit can't be told: ${because}`) : []),
    ...(quota.kind === 'unknown' ? quota.because.map((because) => `the quota can't be told: ${because}`) : []),
    ...headers.notes,
    ...counter.notes,
  ];
  const tokensPerMinute = limit.kind === 'known' ? limit.count : given;
  if (tokensPerMinute === null) return { value: null, headers: headers.names, notes };
  const period =
    quota.kind === 'known' ? periods.find((one) => one.toLowerCase() === quota.period?.toLowerCase()) : null;
  const value = {
    tokensPerMinute,
    ...(quota.kind === 'known' && period && { tokenQuota: { tokens: quota.count, period } }),
    ...(counter.value !== null && { counter: counter.value }),
  };
  return { value, headers: headers.names, notes };
}

/** Of several limits the tightest one's headers tell of what was promised; all of them send one count of consumed tokens. */
function headersOf(
  limits: readonly TokenLimit[],
  tightest: TokenLimit | null,
  quota: TokenLimit | null,
): { readonly names: Readonly<Record<string, string>>; readonly notes: readonly string[] } {
  const consumed = limits.find(({ headers, condition }) => headers.consumedTokens !== null && condition === null);
  const said = [
    ['consumedTokens', consumed?.headers.consumedTokens ?? null],
    ['remainingTokens', tightest?.headers.remainingTokens ?? null],
    ['remainingQuotaTokens', quota?.headers.remainingQuotaTokens ?? null],
    ['retryAfter', tightest?.headers.retryAfter ?? null],
  ] as const;
  return {
    names: Object.fromEntries(
      said.flatMap(([header, name]) => (name?.kind === 'known' ? [[header, name.text.toLowerCase()]] : [])),
    ),
    notes: said.flatMap(([header, name]) =>
      name?.kind === 'unknown' ? [`headers.${header} can't be told: ${name.because}`] : [],
    ),
  };
}

/** Customers that one counter serves share it; a limit that counts on each subscription is the usual one. */
function counterOf(
  limits: readonly TokenLimit[],
  group: string,
): { readonly value: string | null; readonly notes: readonly string[] } {
  const notes = limits.flatMap(({ countedOn, where }) =>
    countedOn.kind === 'unknown' ? [`what ${where} counts on can't be told: ${countedOn.because}`] : [],
  );
  const shared = limits.flatMap(({ countedOn }) => {
    if (countedOn.kind === 'constant') return [{ counter: countedOn.text, on: `the constant "${countedOn.text}"` }];
    return countedOn.kind === 'shared' ? [{ counter: `${group} ${countedOn.by}`, on: `the ${countedOn.by}` }] : [];
  });
  const [first] = shared;
  if (first === undefined || shared.length < limits.length) return { value: null, notes };
  return { value: first.counter, notes: [...notes, `its keys share one counter, which counts on ${first.on}`] };
}

import type { Exchange } from '../../probe/exchange';
import type { Evidence, Judgement } from '../check';
import type { TokenQuota } from '../declaration';
import type { QuotaEstimate } from '../report';
import { isAnswered } from '../token-limit/ledger';
import type { Finding } from '../verdict';
import { mayHaveTurned, periodOf, possibleEnds } from './period';
import { quotaBandOf, type Spending, spendingOf } from './spending';

/** Judges a quota where it was used up, or was found used up; else its facts stand in the estimate alone. */
export function judgeTokenQuota(evidence: Evidence): Judgement {
  const quota = evidence.declared.customer.tokenQuota;
  if (quota === undefined) return { findings: [], estimate: {} };
  const spending = spendingOf(evidence, quota);
  const refusals = evidence.exchanges.filter(({ refusedBy }) => refusedBy === 'gateway-quota');
  const findings = [judgeEnforced(evidence, { quota, spending, refusals }), judgeCountdown(quota, refusals)];
  return {
    findings: findings.filter((finding) => finding !== null),
    estimate: { quota: estimateOf(evidence, { quota, spending, refusals }) },
  };
}

interface Seen {
  readonly quota: TokenQuota;
  readonly spending: Spending;
  readonly refusals: readonly Exchange[];
}

function judgeEnforced(evidence: Evidence, { quota, spending, refusals }: Seen): Finding | null {
  const { declared, exchanges, stoppedBecause } = evidence;
  const rule = 'quota-enforced';
  const spends = exchanges.filter((exchange) => isAnswered(exchange) && exchange.asked.step !== 'look').length;
  if (spends === 0) return null;
  const band = quotaBandOf(declared, quota, spending.largest);
  const expected = `a 403 after ${quota.tokens} tokens (${quota.period}), ${Math.ceil(band.low)} to ${Math.floor(band.high)} allowed`;
  const observed =
    refusals.length > 0
      ? `refused by the quota after ${spending.sure} tokens of this audit`
      : `${spending.sure} tokens admitted, no refusal by the quota`;
  const finding = (verdict: Finding['verdict'], because: string): Finding => ({
    rule,
    verdict,
    expected,
    observed,
    because,
  });
  const [first, last] = [exchanges[0], exchanges.at(-1)];
  if (first && last && mayHaveTurned(quota.period, first.sentMs - clockSlackMs, last.receivedMs + clockSlackMs)) {
    return finding('inconclusive', "The quota's period changed, or may have, while it was being used up.");
  }
  if (spending.proven > band.high) {
    return finding('fail', 'More than the quota had surely been spent when another probe was admitted.');
  }
  if (refusals.length === 0) return finding('inconclusive', `The quota was not used up: ${stoppedBecause}.`);
  if (spending.most >= band.low) return finding('pass', 'The gateway refused with its quota when it was used up.');
  return finding(
    'inconclusive',
    'The quota refused before our own probes had used it up: it was used before in this period, or is smaller than sold.',
  );
}

/** Two machines' clocks, and the way of an answer; ms. */
const clockSlackMs = 5_000;

function judgeCountdown(quota: TokenQuota, refusals: readonly Exchange[]): Finding | null {
  const rule = 'quota-countdown';
  if (refusals.length === 0) return null;
  const told = refusals.flatMap(countdownsOf);
  const [first] = refusals;
  const ends = first === undefined ? [] : possibleEnds(quota.period, first.sentMs);
  const expected =
    ends.length === 1 ? `the period's end, ${ends.map(toText).join('')}` : 'a midnight (UTC) of the next seven days';
  const observed = told.length === 0 ? 'no time is named' : [...new Set(told.map(({ text }) => text))].join(', ');
  const finding = (verdict: Finding['verdict'], because: string): Finding => ({
    rule,
    verdict,
    expected,
    observed,
    because,
  });
  if (told.length === 0) return finding('inconclusive', 'The refusal names no time that can be read.');
  const turned = refusals.some(({ sentMs, receivedMs }) =>
    mayHaveTurned(quota.period, sentMs - clockSlackMs, receivedMs + clockSlackMs),
  );
  if (turned || refusals.some(({ sentMs }) => mayHaveTurned(quota.period, first?.sentMs ?? sentMs, sentMs))) {
    return finding('inconclusive', "The quota's period changed, or may have, while its countdown was read.");
  }
  const wrong = told.find(
    ({ fromMs, toMs, unitMs }) =>
      !ends.some((endMs) => endMs >= fromMs - unitMs - clockSlackMs && endMs <= toMs + unitMs + clockSlackMs),
  );
  if (wrong !== undefined) {
    const which = wrong.where === 'header' ? 'The Retry-After header' : 'The message';
    return finding('fail', `${which} names an end that is none of the period's.`);
  }
  return finding('pass', "The countdown ends at the period's end.");
}

interface Countdown {
  readonly where: 'header' | 'message';
  /** The end that it names lies between these two, and may be rounded by one unit; epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly unitMs: number;
  readonly text: string;
}

function countdownsOf({ sentMs, receivedMs, retryAfterMs, messageWait }: Exchange): readonly Countdown[] {
  const told = (where: Countdown['where'], waitMs: number, unitMs: number): Countdown => ({
    where,
    fromMs: sentMs + waitMs,
    toMs: receivedMs + waitMs,
    unitMs,
    text: `${where} ${toText(receivedMs + waitMs)}`,
  });
  return [
    ...(retryAfterMs === null ? [] : [told('header', retryAfterMs, 1_000)]),
    ...(messageWait === null ? [] : [told('message', messageWait.waitMs, messageWait.unitMs)]),
  ];
}

function toText(ms: number): string {
  return new Date(Math.round(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function estimateOf({ exchanges, finishedMs }: Evidence, { quota, spending, refusals }: Seen): QuotaEstimate {
  const said = exchanges.findLast(({ remainingQuotaTokens }) => remainingQuotaTokens !== null);
  const atMs = exchanges.at(-1)?.receivedMs ?? finishedMs;
  const endMs = periodOf(quota.period, atMs).endMs ?? namedMidnight(quota, refusals);
  return {
    remainingTokens: said?.remainingQuotaTokens ?? null,
    periodEndsAt: endMs === null ? null : new Date(endMs).toISOString(),
    spentTokens: spending.sure,
  };
}

/** Only a refusal tells the day on which a week ends. */
function namedMidnight(quota: TokenQuota, refusals: readonly Exchange[]): number | null {
  const told = refusals.flatMap(countdownsOf)[0];
  if (told === undefined) return null;
  const ends = possibleEnds(quota.period, told.fromMs - 7 * 86_400_000);
  const near = [...ends, ...possibleEnds(quota.period, told.fromMs)];
  return near.toSorted((a, b) => Math.abs(a - told.toMs) - Math.abs(b - told.toMs))[0] ?? null;
}

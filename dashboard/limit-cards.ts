import type { LimitStatusView } from '../src/audit/limit-status';
import { remainingGauge } from '../src/charts/remaining-gauge';
import { el } from './element';
import { mountChart } from './mount-chart';
import type { ViewContext } from './view';
import { count, momentText, whenOf } from './words';

/** What is known of a customer's limit now. */
export function limitCards(status: LimitStatusView, { signal, nowMs }: ViewContext): HTMLElement {
  const { declared, observed, throttled, spentToday, maxTokensPerDay } = status;
  const remainingTokens = observed?.remainingTokens ?? null;
  const quota = declared.tokenQuota;
  return el(
    'div',
    { class: 'cards' },
    el(
      'section',
      { class: 'card' },
      el('h2', {}, 'Limit, as last seen'),
      remainingTokens === null
        ? el('p', { class: 'muted' }, 'The gateway has not said how many tokens are left.')
        : mountChart(
            (palette) =>
              remainingGauge(
                { tokensPerMinute: declared.tokensPerMinute, remainingTokens, isThrottled: throttled !== null },
                palette,
              ),
            signal,
          ),
      observed && el('p', { class: 'muted centred' }, whenOf(observed.at, nowMs())),
    ),
    el(
      'section',
      { class: 'card' },
      el('h2', {}, 'Promise and state'),
      facts([
        ['Promised', `${count(declared.tokensPerMinute)} tokens a minute`],
        ...(quota ? ([['Quota', `${count(quota.tokens)} tokens, ${quota.period.toLowerCase()}`]] as const) : []),
        ['Throttled', throttledText(throttled, nowMs())],
        ['Spent on audits today', `${count(spentToday)} of ${count(maxTokensPerDay)} tokens`],
      ]),
      el('progress', {
        max: maxTokensPerDay,
        value: Math.min(spentToday, maxTokensPerDay),
        'aria-label': "Part of today's audit budget that is spent",
      }),
    ),
  );
}

export function facts(rows: readonly (readonly [string, string])[]): HTMLElement {
  return el('dl', { class: 'facts' }, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}

function throttledText(throttled: LimitStatusView['throttled'], nowMs: number): string {
  if (throttled === null) return 'no';
  const since = `since ${momentText(throttled.since)}`;
  return throttled.until === null
    ? `yes, ${since}`
    : `yes, until ${momentText(throttled.until)} (${whenOf(throttled.until, nowMs)})`;
}

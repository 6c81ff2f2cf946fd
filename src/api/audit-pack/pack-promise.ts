import type { Declaration } from '../../audit/declaration';
import { type Html, html } from './html';

/** What was promised, as it was declared for the latest audit. Keys are in no declaration, only their names. */
export function packPromise({ customer, gateway, settings }: Declaration): Html {
  const { pool, allowedBackends, limiter, counters } = gateway;
  const members = pool?.members.map(({ id, priority, weight }) => `${id} (priority ${priority}, weight ${weight})`);
  const rows: readonly (readonly [string, string | null])[] = [
    ['Token limit', `${customer.tokensPerMinute} tokens a minute, ± ${settings.tolerancePercent} %`],
    ['Token quota', customer.tokenQuota ? `${customer.tokenQuota.tokens} tokens, ${customer.tokenQuota.period}` : null],
    ['Kind of limiter', limiter === 'unknown' ? 'not declared' : limiter],
    ['Counters', counters === 1 ? null : `${counters}, not synchronised`],
    ['Gateway', `${gateway.id} at ${gateway.endpoint}, deployment ${gateway.deployment}`],
    ['Backends', members?.join(', ') ?? null],
    ['Answers only from', allowedBackends?.join(', ') ?? null],
    ['Key', customer.dedicated ? 'used by nobody else' : 'others may use it too'],
  ];
  const cells = rows.flatMap(([name, value]) =>
    value === null ? [] : [html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`],
  );
  return html`<h2>What was promised</h2><table><tbody>${cells}</tbody></table>`;
}

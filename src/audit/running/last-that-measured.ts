import type { History } from '../ports';
import type { AuditOrder, Report } from '../report';

const auditsAtOnce = 20;
/** Further back nothing is looked for: what was counted then says little of today. */
const maxPages = 10;

/**
 * The customer's last audit of that check that came to its end and had something to count; null where there is none.
 * Neither what did not run, nor what broke off, nor a record by which stored evidence was judged again.
 */
export async function lastThatMeasured(
  { customerId, check }: Pick<AuditOrder, 'customerId' | 'check'>,
  history: Pick<History, 'list'>,
): Promise<Report | null> {
  let continuationToken: string | null = null;
  for (let page = 0; page < maxPages; page += 1) {
    const { audits, ...rest }: Awaited<ReturnType<History['list']>> = await history.list(customerId, {
      check,
      top: auditsAtOnce,
      ...(continuationToken !== null && { continuationToken }),
    });
    const last = audits.find(isOwnMeasurement);
    if (last !== undefined) return last;
    ({ continuationToken } = rest);
    if (continuationToken === null) return null;
  }
  return null;
}

function isOwnMeasurement({ interrupted, missed, rejudgementOf, summary }: Report): boolean {
  return !interrupted && !missed && rejudgementOf === undefined && summary.probes > 0;
}

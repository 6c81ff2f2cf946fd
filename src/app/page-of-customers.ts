import type { Page } from '../api/audit-service';
import { AuditorError } from '../auditor-error';

/** One page of the configured customers, by id; the token names the last one seen, so that pages survive changes. */
export function pageOfCustomers<Customer extends { readonly id: string }>(
  all: readonly Customer[],
  { top, continuationToken }: Page,
): { readonly customers: readonly Customer[]; readonly continuationToken: string | null } {
  const after = continuationToken === undefined ? null : fromToken(continuationToken);
  const rest = all.filter(({ id }) => after === null || id > after).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const customers = rest.slice(0, top);
  const last = customers.at(-1);
  return { customers, continuationToken: rest.length > top && last !== undefined ? toToken(last.id) : null };
}

function toToken(id: string): string {
  return Buffer.from(JSON.stringify({ after: id })).toString('base64url');
}

function fromToken(token: string): string {
  try {
    const { after } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof after === 'string') return after;
  } catch {
    // Said below, together with tokens that are JSON but not ours.
  }
  throw new AuditorError('bad-request', 'continuationToken: it is none that this list gave.');
}

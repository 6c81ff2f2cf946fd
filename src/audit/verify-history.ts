import { AuditorError } from '../auditor-error';
import type { History, LimitStatuses, StoredLink } from './ports';
import { type Integrity, verifyChain } from './verify-chain';

export interface HistoryOfCustomer {
  readonly history: Pick<History, 'readHead' | 'readLinks'>;
  readonly limits: Pick<LimitStatuses, 'read'>;
}

type LinkPage = Awaited<ReturnType<History['readLinks']>>;

/** How often the newest page is read again because an audit ended meanwhile. */
const maxTries = 5;

/**
 * Verifies all that is stored of a customer's audits, page by page. The limit status, a table apart that holds a copy
 * of the chain's head, is the first witness; signed digests will be the others.
 */
export async function verifyHistory(customerId: string, stored: HistoryOfCustomer): Promise<Integrity> {
  // Before the chain: what it names was committed earlier, so the chain must still hold it.
  const status = await stored.limits.read(customerId);
  const { head, newest } = await readNewest(customerId, stored.history);
  const witnesses = status?.head ? [{ ...status.head, seenIn: 'the limit status of the customer' }] : [];
  return verifyChain(customerId, linksFrom(newest, customerId, stored.history), { head, anchor: null, witnesses });
}

/** The newest page and the head that belongs to it: an audit that ends between two reads is no forgery. */
async function readNewest(customerId: string, history: HistoryOfCustomer['history']) {
  for (let tries = 1; tries <= maxTries; tries++) {
    const before = await history.readHead(customerId);
    const newest = await history.readLinks(customerId, null);
    const head = await history.readHead(customerId);
    if (before?.hash === head?.hash && before?.sequence === head?.sequence) return { head, newest };
  }
  throw new AuditorError(
    'storage-unavailable',
    `Cannot verify customer ${customerId}: audits of it ended ${maxTries} times while its newest were read. Try again later.`,
  );
}

async function* linksFrom(
  newest: LinkPage,
  customerId: string,
  history: HistoryOfCustomer['history'],
): AsyncGenerator<StoredLink> {
  let page = newest;
  yield* page.links;
  while (page.continuationToken !== null) {
    page = await history.readLinks(customerId, page.continuationToken);
    yield* page.links;
  }
}

import { AuditorError } from '../../auditor-error';
import type { History, LimitStatuses, StoredLink } from '../ports';
import { type Anchor, anchorTrouble } from './anchor';
import type { ChainHead } from './hash-chain';
import type { PublicKey } from './public-keys';
import type { Retention } from './retention';
import { type BrokenRecord, type Integrity, verifyChain, type Witness } from './verify-chain';

export interface HistoryOfCustomer {
  readonly history: Pick<History, 'readHead' | 'readLinks'>;
  readonly limits: Pick<LimitStatuses, 'read'>;
  readonly retention: Pick<Retention, 'readAnchor'>;
}

/** What is known from outside of what is stored. */
export interface KnownOutside {
  /** What signed digests name of the customer's chain. */
  readonly witnesses: readonly Witness[];
  /** Whose signatures are believed; none: nothing is signed. */
  readonly keys: readonly PublicKey[];
}

type LinkPage = Awaited<ReturnType<History['readLinks']>>;

/** How often it is read again because an audit ended, or a purge cut off more, meanwhile. */
const maxTries = 5;

/**
 * Verifies all that is stored of a customer's audits, page by page. The limit status, a table apart that holds a copy
 * of the chain's head, is the first witness; signed digests are the others.
 */
export async function verifyHistory(
  customerId: string,
  stored: HistoryOfCustomer,
  outside: KnownOutside = { witnesses: [], keys: [] },
): Promise<Integrity> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const before = await readAnchor(customerId, stored);
    const integrity = await verifyFrom(before, { customerId, stored, outside });
    if (integrity.intact) return integrity;
    const { anchor } = await readAnchor(customerId, stored);
    if (anchor?.sequence === before.anchor?.sequence && anchor?.hash === before.anchor?.hash) return integrity;
  }
  throw busy(customerId, 'purges cut off more of it');
}

interface ReadAnchor {
  readonly anchor: Anchor | null;
  readonly isReadable: boolean;
}

async function readAnchor(customerId: string, { retention }: HistoryOfCustomer): Promise<ReadAnchor> {
  try {
    return { anchor: await retention.readAnchor(customerId), isReadable: true };
  } catch (error) {
    if (error instanceof AuditorError && error.code === 'storage-corrupt') return { anchor: null, isReadable: false };
    throw error;
  }
}

async function verifyFrom(
  { anchor, isReadable }: ReadAnchor,
  parts: { readonly customerId: string; readonly stored: HistoryOfCustomer; readonly outside: KnownOutside },
): Promise<Integrity> {
  const { customerId, stored, outside } = parts;
  // Before the chain: what it names was committed earlier, so the chain must still hold it.
  const status = await stored.limits.read(customerId);
  const read = await readNewest(customerId, stored.history);
  if (read === null) return { intact: false, audits: 0, head: null, firstBroken: unreadableHead };
  const { head, newest } = read;
  const limitStatus = status?.head ? [{ ...status.head, seenIn: 'the limit status of the customer' }] : [];
  const known = { head, anchor, witnesses: [...outside.witnesses, ...limitStatus] };
  const integrity = await verifyChain(customerId, linksFrom(newest, customerId, stored.history), known);
  const trouble = isReadable
    ? anchor && anchorTrouble(anchor, customerId, outside.keys)
    : 'the anchor of a purge cannot be read';
  if (trouble === null) return integrity;
  const forged = { sequence: anchor?.sequence ?? 0, auditId: null, row: 'anchor', because: trouble };
  return { intact: false, audits: integrity.audits, head, firstBroken: forged };
}

/** Without it nobody knows where the chain ends, so no record's place is known. */
const unreadableHead: BrokenRecord = {
  sequence: 0,
  auditId: null,
  row: 'head',
  because: "the chain's head cannot be read",
};

/**
 * The newest page and the head that belongs to it: an audit that ends between two reads is no forgery. Null where
 * the head is none.
 */
async function readNewest(customerId: string, history: HistoryOfCustomer['history']) {
  for (let tries = 1; tries <= maxTries; tries++) {
    const before = await readHead(customerId, history);
    if (before === 'unreadable') return null;
    const newest = await history.readLinks(customerId, null);
    const head = await readHead(customerId, history);
    if (head === 'unreadable') return null;
    if (before?.hash === head?.hash && before?.sequence === head?.sequence) return { head, newest };
  }
  throw busy(customerId, 'audits of it ended');
}

async function readHead(
  customerId: string,
  history: HistoryOfCustomer['history'],
): Promise<ChainHead | null | 'unreadable'> {
  try {
    return await history.readHead(customerId);
  } catch (error) {
    if (error instanceof AuditorError && error.code === 'storage-corrupt') return 'unreadable';
    throw error;
  }
}

function busy(customerId: string, because: string): AuditorError {
  const again = `${because} ${maxTries} times while it was read. Try again later.`;
  return new AuditorError('storage-unavailable', `Cannot verify customer ${customerId}: ${again}`);
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

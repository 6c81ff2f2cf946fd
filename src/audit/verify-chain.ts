import { type ChainHead, genesisHash, hashOfReport } from './hash-chain';
import type { StoredLink } from './ports';

/** What is known of a customer's chain beside its reports. */
export interface KnownOfChain {
  /** The stored head; null: none is stored. */
  readonly head: ChainHead | null;
  /** The last link that a purge took away; null: nothing was purged, and the chain begins with sequence 1. */
  readonly anchor: ChainHead | null;
  /** Links that somebody saw earlier and wrote down elsewhere: the customer's limit status, signed digests. */
  readonly witnesses: readonly (ChainHead & { readonly seenIn: string })[];
}

/** The first record (lowest sequence) that is not what was once saved. */
export interface BrokenRecord {
  /** Its place in the chain. */
  readonly sequence: number;
  /** Null where the record is gone or is none of this customer's. */
  readonly auditId: string | null;
  /** The stored row that shows it; null where there is none any more. */
  readonly row: string | null;
  readonly because: string;
}

/** `audits` counts the stored reports that were looked at. */
export type Integrity =
  | { readonly intact: true; readonly audits: number; readonly head: ChainHead | null }
  | {
      readonly intact: false;
      readonly audits: number;
      readonly head: ChainHead | null;
      readonly firstBroken: BrokenRecord;
    };

/** What the next older report must be: its place, and its hash as a record that can be trusted names it (else null). */
interface Expected {
  readonly sequence: number;
  readonly hash: string | null;
}

interface Verified {
  readonly next: Expected;
  readonly broken: BrokenRecord | null;
}

/**
 * Walks a customer's chain from its head to its beginning, newest report first, and holds nothing but the link that must
 * come next, however long the history is. A record is whole when its own hash fits its content, the record after it (or
 * the head) names that hash, its evidence has the hash that it names, and the rows by which it is found agree with it.
 *
 * What a broken record says about the one before it is not believed: else an edit would put the blame on its neighbour.
 * Who rewrites everything, head and all witnesses included, is not found here: that is what signed digests are for.
 */
export async function verifyChain(
  customerId: string,
  links: AsyncIterable<StoredLink> | Iterable<StoredLink>,
  known: KnownOfChain,
): Promise<Integrity> {
  const { head, anchor } = known;
  const start = anchor ?? { sequence: 0, hash: genesisHash };
  let expected: Expected = head ?? start;
  let firstBroken = lostWithTheHead(known);
  let audits = 0;
  for await (const link of links) {
    audits += 1;
    const { next, broken } = verifyLink(customerId, link, { expected, known });
    firstBroken = broken === null ? firstBroken : earlier(broken, firstBroken);
    expected = next;
  }
  if (expected.sequence > start.sequence) firstBroken = earlier(missing(start.sequence + 1), firstBroken);
  else if (expected.hash !== null && expected.hash !== start.hash) {
    const because = 'it does not begin the chain: what stood before it was cut off, or it was changed';
    firstBroken = earlier({ ...missing(start.sequence + 1), because }, firstBroken);
  }
  return firstBroken === null ? { intact: true, audits, head } : { intact: false, audits, head, firstBroken };
}

function verifyLink(
  customerId: string,
  link: StoredLink,
  { expected, known }: { readonly expected: Expected; readonly known: KnownOfChain },
): Verified {
  const { report, row } = link;
  // Whether it stands in the place of a record or was put in between is seen at the next one.
  const strange = (because: string): Verified => ({
    next: expected,
    broken: { sequence: expected.sequence, auditId: null, row, because },
  });
  if (report === null) return strange(link.disagreement ?? 'it cannot be read');
  if (report.customerId !== customerId) return strange(`it is an audit of customer ${report.customerId}`);
  const { auditId, sequence } = report;
  if (!Number.isInteger(sequence)) return strange('it has no place in the chain');
  const brokenBy = (because: string): BrokenRecord => ({ sequence, auditId, row, because });
  if (sequence > expected.sequence) {
    return { next: expected, broken: brokenBy('it does not belong where it stands: it was put in or moved') };
  }
  const isNext = sequence === expected.sequence;
  const trouble = troubleOf(link, { hash: isNext ? expected.hash : null, known });
  const next = { sequence: sequence - 1, hash: trouble?.isUntrusted ? null : report.previousHash };
  if (trouble !== null) return { next, broken: brokenBy(trouble.because) };
  return { next, broken: isNext ? null : missing(sequence + 1) };
}

interface Trouble {
  readonly because: string;
  /** Whether what the report itself says can no longer be believed. */
  readonly isUntrusted: boolean;
}

function troubleOf(
  { report, evidenceHash, disagreement }: StoredLink,
  { hash, known }: { readonly hash: string | null; readonly known: KnownOfChain },
): Trouble | null {
  if (report === null) return null;
  const untrusted = (because: string): Trouble => ({ because, isUntrusted: true });
  const besideIt = (because: string): Trouble => ({ because, isUntrusted: false });
  if (hashOfReport(report) !== report.hash) return untrusted('its content is not the one that its hash was made from');
  if (hash !== null && report.hash !== hash) {
    const namer = report.sequence === known.head?.sequence ? "the chain's head" : 'the record after it';
    return untrusted(`${namer} names another hash: one of the two was changed`);
  }
  const witness = known.witnesses.find((one) => one.sequence === report.sequence && one.hash !== report.hash);
  if (witness !== undefined) return untrusted(`${witness.seenIn} names another hash: it was replaced`);
  if (evidenceHash === null) return besideIt('its evidence is gone or cannot be read');
  if (evidenceHash !== report.evidenceHash) return besideIt('its evidence was changed');
  return disagreement === null ? null : besideIt(disagreement);
}

/** A witness later than the head: the newest records were taken away together with it. */
function lostWithTheHead({ head, witnesses, anchor }: KnownOfChain): BrokenRecord | null {
  const last = head?.sequence ?? anchor?.sequence ?? 0;
  const witness = witnesses.find(({ sequence }) => sequence > last);
  if (witness === undefined) return null;
  return { ...missing(last + 1), because: `it is gone, and the head with it: ${witness.seenIn} still names it` };
}

function missing(sequence: number): BrokenRecord {
  return { sequence, auditId: null, row: null, because: 'it is gone, or was moved' };
}

/** Of two for one place, the one that was seen first: it has a row to show. */
function earlier(found: BrokenRecord, before: BrokenRecord | null): BrokenRecord {
  return before === null || found.sequence < before.sequence ? found : before;
}

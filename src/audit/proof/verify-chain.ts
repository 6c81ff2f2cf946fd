import type { StoredLink } from '../ports';
import { type ChainHead, genesisHash, hashOfStored } from './hash-chain';

/** A link that somebody saw earlier and wrote down elsewhere. */
export interface Witness extends ChainHead {
  readonly seenIn: string;
}

/** What is known of a customer's chain beside its reports. */
export interface KnownOfChain {
  /** The stored head; null: none is stored. */
  readonly head: ChainHead | null;
  /** The last link that a purge took away; null: nothing was purged, and the chain begins with sequence 1. */
  readonly anchor: ChainHead | null;
  /** The customer's limit status, signed digests. */
  readonly witnesses: readonly Witness[];
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

/** The last signed digest that the history was held against. */
export interface DigestWitness {
  readonly name: string;
  readonly number: number;
  /** When it was made; ISO 8601 UTC. */
  readonly at: string;
  /** SHA-256 (hex) of its text. */
  readonly hash: string;
  /** Of the key that signed it; null: its signature is not to be believed. */
  readonly keyId: string | null;
}

interface Verification {
  /** Stored reports that were looked at. */
  readonly audits: number;
  readonly head: ChainHead | null;
  /** Absent where none was asked for; null where digests are signed and none is there yet. */
  readonly digest?: DigestWitness | null;
}

export type Integrity =
  | (Verification & { readonly intact: true })
  | (Verification & { readonly intact: false; readonly firstBroken: BrokenRecord });

/** What the next older report must be: its place, and its hash as a record that can be trusted names it (else null). */
interface Expected {
  readonly sequence: number;
  readonly hash: string | null;
}

/** What each record is held against. */
interface Scene {
  readonly head: ChainHead | null;
  /** What stands before the chain: the anchor of a purge, or nothing. */
  readonly start: ChainHead;
  readonly witnesses: ReadonlyMap<number, readonly Witness[]>;
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
 *
 * At the anchor of a purge the chain ends. A purge that was broken off leaves some of what is older: it may have gaps and
 * lack evidence, which go with it next time, but what is there must still lead to the anchor.
 */
export async function verifyChain(
  customerId: string,
  links: AsyncIterable<StoredLink> | Iterable<StoredLink>,
  known: KnownOfChain,
): Promise<Integrity> {
  const { head, anchor } = known;
  const start = anchor ?? { sequence: 0, hash: genesisHash };
  const scene: Scene = { head, start, witnesses: bySequence(known.witnesses) };
  let expected: Expected = head ?? start;
  let firstBroken = lostWithTheHead(known);
  let audits = 0;
  const note = (broken: BrokenRecord | null): void => {
    firstBroken = broken === null ? firstBroken : earlier(broken, firstBroken);
  };
  note(anchorUnlikeWitness(known));
  for await (const link of links) {
    audits += 1;
    note(brokenSeam(expected, start));
    const { next, broken } = verifyLink(customerId, link, { expected, scene });
    note(broken);
    expected = next;
  }
  note(expected.sequence > start.sequence ? missing(start.sequence + 1) : brokenSeam(expected, start));
  return firstBroken === null ? { intact: true, audits, head } : { intact: false, audits, head, firstBroken };
}

function verifyLink(
  customerId: string,
  link: StoredLink,
  { expected, scene }: { readonly expected: Expected; readonly scene: Scene },
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
  const trouble = troubleOf(link, { hash: isNext ? expected.hash : null, scene });
  const next = { sequence: sequence - 1, hash: trouble?.isUntrusted ? null : report.previousHash };
  const { start } = scene;
  const isPurged = sequence <= start.sequence;
  if (trouble !== null && (trouble.isUntrusted || !isPurged)) return { next, broken: brokenBy(trouble.because) };
  const isGapPurged = expected.sequence <= start.sequence;
  return { next, broken: isNext || isGapPurged ? null : missing(Math.max(sequence, start.sequence) + 1) };
}

interface Trouble {
  readonly because: string;
  /** Whether what the report itself says can no longer be believed. */
  readonly isUntrusted: boolean;
}

function troubleOf(
  { report, text, evidenceHash, disagreement }: StoredLink,
  { hash, scene }: { readonly hash: string | null; readonly scene: Scene },
): Trouble | null {
  if (report === null) return null;
  const untrusted = (because: string): Trouble => ({ because, isUntrusted: true });
  const besideIt = (because: string): Trouble => ({ because, isUntrusted: false });
  if (hashOfStored({ report, ...(text !== undefined && { text }) }) !== report.hash)
    return untrusted('its content is not the one that its hash was made from');
  if (hash !== null && report.hash !== hash) {
    const namer = report.sequence === scene.head?.sequence ? "the chain's head" : 'the record after it';
    return untrusted(`${namer} names another hash: one of the two was changed`);
  }
  const witness = scene.witnesses.get(report.sequence)?.find((one) => one.hash !== report.hash);
  if (witness !== undefined) return untrusted(`${witness.seenIn} names another hash: it was replaced`);
  if (evidenceHash === null) return besideIt('its evidence is gone or cannot be read');
  if (evidenceHash !== report.evidenceHash) return besideIt('its evidence was changed');
  return disagreement === null ? null : besideIt(disagreement);
}

function bySequence(witnesses: readonly Witness[]): Scene['witnesses'] {
  const found = new Map<number, Witness[]>();
  for (const witness of witnesses) {
    const there = found.get(witness.sequence);
    if (there === undefined) found.set(witness.sequence, [witness]);
    else there.push(witness);
  }
  return found;
}

/** Something later than the head, which no purge takes: the newest records were taken away together with it. */
function lostWithTheHead({ head, witnesses, anchor }: KnownOfChain): BrokenRecord | null {
  const last = head?.sequence ?? 0;
  if (anchor !== null && anchor.sequence >= last) {
    const because =
      'it is gone, and the head with it: the anchor of a purge, which takes no newest audit, is not older';
    return { ...missing(anchor.sequence + 1), because };
  }
  const witness = witnesses.find(({ sequence }) => sequence > last);
  if (witness === undefined) return null;
  return { ...missing(last + 1), because: `it is gone, and the head with it: ${witness.seenIn} still names it` };
}

function anchorUnlikeWitness({ anchor, witnesses }: KnownOfChain): BrokenRecord | null {
  const witness = witnesses.find(({ sequence, hash }) => sequence === anchor?.sequence && hash !== anchor.hash);
  if (anchor === null || witness === undefined) return null;
  const because = `${witness.seenIn} names another hash than the anchor of a purge: one of the two was changed`;
  return { sequence: anchor.sequence, auditId: null, row: 'anchor', because };
}

/** Where the chain ends, its last record must name what stood before it. */
function brokenSeam(expected: Expected, { sequence, hash }: ChainHead): BrokenRecord | null {
  if (expected.sequence !== sequence || expected.hash === null || expected.hash === hash) return null;
  const because = 'it does not begin the chain: what stood before it was cut off, or it was changed';
  return { ...missing(sequence + 1), because };
}

function missing(sequence: number): BrokenRecord {
  return { sequence, auditId: null, row: null, because: 'it is gone, or was moved' };
}

/** Of two for one place, the one that was seen first: it has a row to show. */
function earlier(found: BrokenRecord, before: BrokenRecord | null): BrokenRecord {
  return before === null || found.sequence < before.sequence ? found : before;
}

import { type Digest, type DigestMark, markOf, readDigest } from './digest';
import type { DigestBlobs, DigestMarks } from './digest-store';
import type { PublicKey } from './public-keys';
import { signatureTrouble } from './signature';
import type { DigestWitness, Integrity, Witness } from './verify-chain';
import { type DigestsIntegrity, type VerifiedDigests, verifyDigests } from './verify-digests';
import { type HistoryOfCustomer, verifyHistory } from './verify-history';

export interface DigestsAndHistory extends HistoryOfCustomer {
  readonly blobs: DigestBlobs;
  readonly digestMarks: Pick<DigestMarks, 'read'>;
  /** Whose signatures are believed. */
  readonly keys: readonly PublicKey[];
}

export interface VerifiedHistories {
  readonly digests: DigestsIntegrity;
  readonly customers: readonly (Integrity & { readonly customerId: string })[];
}

/** For so many customers at once the heads that all digests name are held: 60 MiB where each changes hourly for a year (bench/digests.ts). */
const customersAtOnce = 50;

/**
 * Holds histories against all signed digests: who rewrote a chain with head and limit status is found by the digest
 * that has seen the old one. Digests are read once for every 50 customers, and never held. `customerIds` null: those
 * `configured` and all others that a digest names. Ends early, with what it has, where the signal is aborted.
 */
export async function verifyWithDigests(
  wanted: { readonly customerIds: readonly string[] | null; readonly configured: readonly string[] },
  stored: DigestsAndHistory,
  signal: AbortSignal,
): Promise<VerifiedHistories> {
  const first = wanted.customerIds ?? wanted.configured;
  const customers: (Integrity & { readonly customerId: string })[] = [];
  let digests = await readDigests(first.slice(0, customersAtOnce), stored);
  const ids = wanted.customerIds ?? [...new Set([...first, ...digests.customerIds])];
  for (let start = 0; start < ids.length && !signal.aborted; start += customersAtOnce) {
    const group = ids.slice(start, start + customersAtOnce);
    // The first pass has collected what is needed of those that it knew of.
    if (start > 0 || group.length > first.length) {
      const again = await readDigests(group, stored);
      digests = digests.integrity.intact ? again : { ...again, integrity: digests.integrity };
    }
    for (const customerId of group) {
      if (signal.aborted) break;
      const outside = { keys: stored.keys, witnesses: digests.witnesses.get(customerId) ?? [] };
      customers.push({ customerId, ...(await verifyHistory(customerId, stored, outside)) });
    }
  }
  return { digests: digests.integrity, customers };
}

async function readDigests(customerIds: readonly string[], stored: DigestsAndHistory): Promise<VerifiedDigests> {
  const isWanted = new Set(customerIds);
  // Before the digests: what is noted was written earlier, so it must still be there.
  const mark = await stored.digestMarks.read();
  return verifyDigests(stored.blobs.readAll(), { keys: stored.keys, mark, isWanted: (id) => isWanted.has(id) });
}

/**
 * Holds a history against the last digest only, which costs two requests: each digest binds those before it. What was
 * rewritten before it was made, only all digests together show.
 */
export async function verifyWithLastDigest(customerId: string, stored: DigestsAndHistory): Promise<Integrity> {
  const mark = await stored.digestMarks.read();
  const { digest, trouble } = mark === null ? nothingSigned : await readNoted(mark, stored);
  const witnesses = (digest?.heads ?? [])
    .filter((head) => head.customerId === customerId)
    .map(({ sequence, hash }): Witness => ({ sequence, hash, seenIn: `the signed digest of ${digest?.to}` }));
  const integrity = await verifyHistory(customerId, stored, { keys: stored.keys, witnesses });
  const seen = { ...integrity, digest: mark && toWitness(mark, digest) };
  if (mark === null || trouble === null || !seen.intact) return seen;
  const because = `the signed digest ${mark.name}, of ${mark.to}, is no witness: ${trouble}`;
  const firstBroken = { sequence: seen.head?.sequence ?? 0, auditId: null, row: null, because };
  return { ...seen, intact: false, firstBroken };
}

function toWitness({ name, number, to, hash }: DigestMark, digest: Digest | null): DigestWitness {
  return { name, number, at: to, hash, keyId: digest?.key.id ?? null };
}

interface ReadDigest {
  readonly digest: Digest | null;
  readonly trouble: string | null;
}

const nothingSigned: ReadDigest = { digest: null, trouble: null };

async function readNoted(mark: DigestMark, { blobs, keys }: DigestsAndHistory): Promise<ReadDigest> {
  const text = await blobs.read(mark.name);
  if (text === null) return { digest: null, trouble: 'it is gone' };
  const digest = readDigest(text);
  if (digest === null || markOf(digest, text).hash !== mark.hash) return { digest: null, trouble: 'it was changed' };
  const trouble = signatureTrouble(digest, keys);
  return { digest: trouble === null ? digest : null, trouble };
}

import { type Digest, type DigestMark, digestName, isSameHour, markOf, missedHours, readDigest } from './digest';
import type { StoredDigest } from './digest-store';
import type { PublicKey } from './public-keys';
import { signatureTrouble } from './signature';
import type { Witness } from './verify-chain';

/** The first digest that is not what was once signed, or is gone. */
export interface BrokenDigest {
  readonly name: string;
  readonly because: string;
}

/** `digests` counts those that are there; `missedHours` those hours for which the digests themselves say there is none. */
export type DigestsIntegrity = {
  readonly digests: number;
  readonly last: DigestMark | null;
  readonly missedHours: number;
} & ({ readonly intact: true } | { readonly intact: false; readonly firstBroken: BrokenDigest });

export interface KnownOfDigests {
  readonly keys: readonly PublicKey[];
  /** The last digest as it is noted elsewhere; null: it is not. */
  readonly mark: DigestMark | null;
  /** Whose heads are collected: so many customers are looked at in one go that memory holds what they need. */
  readonly isWanted: (customerId: string) => boolean;
}

export interface VerifiedDigests {
  readonly integrity: DigestsIntegrity;
  /** By customer, each place in the chain once: what digests with a good signature name. */
  readonly witnesses: ReadonlyMap<string, readonly Witness[]>;
  /** All customers that such digests name. */
  readonly customerIds: ReadonlySet<string>;
}

/**
 * Walks the digests from the first to the last. One is whole when it is to the letter what was signed with a trusted
 * key, stands under the name of its number, and names the one before it by its hash and time. So none can be changed,
 * put in, moved or taken out; the last ones can, together with the note of them, where the container allows it.
 */
export async function verifyDigests(
  stored: AsyncIterable<StoredDigest> | Iterable<StoredDigest>,
  known: KnownOfDigests,
): Promise<VerifiedDigests> {
  const witnesses = new Map<string, Witness[]>();
  const customerIds = new Set<string>();
  let firstBroken: BrokenDigest | null = null;
  let last: DigestMark | null = null;
  let next: Expected = { number: 1, previous: null };
  let digests = 0;
  let missed = 0;
  for await (const { name, text } of stored) {
    const digest = readDigest(text);
    const trouble = digest === null ? 'it is not what this program writes' : signatureTrouble(digest, known.keys);
    firstBroken ??= brokenLink(name, digest, next) ?? (trouble === null ? null : { name, because: trouble });
    digests += 1;
    next = { number: numberOf(name) + 1, previous: null };
    if (digest === null || trouble !== null) continue;
    missed += digest.missedHours;
    last = markOf(digest, text);
    next = { ...next, previous: last };
    collect(digest, { known, witnesses, customerIds });
  }
  firstBroken ??= takenFromTheEnd(last, known.mark);
  const seen = { digests, missedHours: missed, last };
  const integrity: DigestsIntegrity = firstBroken ? { intact: false, ...seen, firstBroken } : { intact: true, ...seen };
  return { integrity, witnesses, customerIds };
}

/** What the next digest must be; `previous` is null where the one before cannot be trusted, or there is none. */
interface Expected {
  readonly number: number;
  readonly previous: DigestMark | null;
}

function brokenLink(name: string, digest: Digest | null, { number, previous }: Expected): BrokenDigest | null {
  if (numberOf(name) > number) return { name: digestName(number), because: `it is gone: ${name} comes after it` };
  if (digest === null) return null;
  const broken = (because: string): BrokenDigest => ({ name, because });
  if (digestName(digest.number) !== name) return broken(`it is number ${digest.number}: it was moved`);
  if (number === 1) {
    return digest.previous === null ? null : broken(`it names ${digest.previous.name} before it, which is not there`);
  }
  if (digest.previous?.name !== digestName(number - 1)) return broken('it does not name the digest before it');
  // The one before has been told already, and nothing that it says is held against this one.
  if (previous === null) return null;
  if (digest.previous.hash !== previous.hash) {
    return { name: previous.name, because: `it was replaced: ${name} names another hash for it` };
  }
  const toMs = Date.parse(digest.to);
  if (digest.from !== previous.to || isSameHour(previous.to, toMs)) {
    return broken('its hours do not follow those of the digest before it');
  }
  return digest.missedHours === missedHours(previous.to, toMs) ? null : broken('it counts other hours as missed');
}

function takenFromTheEnd(last: DigestMark | null, mark: DigestMark | null): BrokenDigest | null {
  if (mark === null || mark.number < (last?.number ?? 0)) return null;
  if (mark.number > (last?.number ?? 0)) {
    return { name: mark.name, because: `it is gone: the table of limits still names it, made at ${mark.to}` };
  }
  return mark.hash === last?.hash
    ? null
    : { name: mark.name, because: 'the table of limits names another hash for it' };
}

interface Collected {
  readonly known: KnownOfDigests;
  readonly witnesses: Map<string, Witness[]>;
  readonly customerIds: Set<string>;
}

/** Of hours in which nothing happened the first one stays: it has seen the record earliest. */
function collect(digest: Digest, { known, witnesses, customerIds }: Collected): void {
  const seenIn = `the signed digest of ${digest.to}`;
  for (const { customerId, sequence, hash } of digest.heads) {
    customerIds.add(customerId);
    if (!known.isWanted(customerId)) continue;
    const seen = witnesses.get(customerId) ?? [];
    const before = seen.at(-1);
    if (before?.sequence === sequence && before.hash === hash) continue;
    seen.push({ sequence, hash, seenIn });
    witnesses.set(customerId, seen);
  }
}

/** The store gives nothing but names that are a digest's. */
function numberOf(name: string): number {
  return Number(/\d{8}/.exec(name)?.[0] ?? 0);
}

import { AuditorError } from '../../auditor-error';
import { nullIfCorrupt } from '../null-if-corrupt';
import type { LimitStatuses } from '../ports';
import { isSigned, makeAnchor } from './anchor';
import { type CustomerHead, type DigestMark, digestName, isSameHour, makeDigest, markOf, readDigest } from './digest';
import type { DigestBlobs, DigestMarks } from './digest-store';
import type { Retention } from './retention';
import { type SigningKey, signatureTrouble } from './signature';

export interface DigestPorts {
  readonly blobs: DigestBlobs;
  readonly marks: DigestMarks;
  readonly limits: Pick<LimitStatuses, 'readAll'>;
  readonly retention: Pick<Retention, 'readAnchor' | 'writeAnchor'>;
  readonly key: SigningKey;
}

export interface WrittenDigest extends DigestMark {
  /** False where this hour had one already. */
  readonly isNew: boolean;
  readonly customers: number;
}

/** Another worker writes a digest at most once an hour. */
const maxTries = 3;

/**
 * Signs every customer's head, as the table of limits has it, and appends that to the digests; once an hour, however
 * often and by however many workers it is called. The note of the last digest is what the next one is built on: one
 * that was changed or taken away is still named by it, and so found.
 */
export async function writeDigest(ports: DigestPorts, nowMs: number): Promise<WrittenDigest> {
  const { blobs, marks, key } = ports;
  for (let tries = 1; tries <= maxTries; tries++) {
    const previous = await lastDigest(ports);
    if (previous !== null && isSameHour(previous.to, nowMs)) return { ...previous, isNew: false, customers: 0 };
    const heads = headsOf(await ports.limits.readAll());
    // What is there when signing begins is taken as it is: an anchor left before, like the heads themselves.
    if (previous === null) await signEarlierAnchors(heads, ports);
    const { mark, text } = await makeDigest({ nowMs, heads, previous }, key);
    if (await blobs.insert({ name: mark.name, text })) {
      await marks.write(mark);
      return { ...mark, isNew: true, customers: heads.length };
    }
  }
  throw new AuditorError(
    'storage-unavailable',
    `Cannot write the digest of this hour into ${blobs.container}: another took its number ${maxTries} times running. Try again later.`,
  );
}

/** The noted one, or one that followed it before its writer could note it. */
async function lastDigest({ blobs, marks, key }: DigestPorts): Promise<DigestMark | null> {
  const noted = await marks.read();
  let last = noted ?? (await lastInContainer({ blobs, key }));
  for (;;) {
    const name = digestName((last?.number ?? 0) + 1);
    const text = await blobs.read(name);
    if (text === null) break;
    const next = trustedMark({ name, text }, { blobs, key });
    if (next.previousHash !== (last?.hash ?? null)) {
      throw unusable(name, blobs, `it does not follow ${last === null ? 'from the beginning' : last.name}`);
    }
    last = next.mark;
  }
  if (last !== null && last.number !== noted?.number) await marks.write(last);
  return last;
}

async function lastInContainer({ blobs, key }: Pick<DigestPorts, 'blobs' | 'key'>): Promise<DigestMark | null> {
  const name = await blobs.lastName();
  const text = name === null ? null : await blobs.read(name);
  return name === null || text === null ? null : trustedMark({ name, text }, { blobs, key }).mark;
}

function trustedMark(
  { name, text }: { readonly name: string; readonly text: string },
  { blobs, key }: Pick<DigestPorts, 'blobs' | 'key'>,
): { readonly mark: DigestMark; readonly previousHash: string | null } {
  const digest = readDigest(text);
  if (digest === null) throw unusable(name, blobs, 'it is not what this program writes');
  const trouble = signatureTrouble(digest, key.trusted);
  if (trouble !== null) throw unusable(name, blobs, trouble);
  if (digestName(digest.number) !== name) throw unusable(name, blobs, `it is number ${digest.number}`);
  return { mark: markOf(digest, text), previousHash: digest.previous?.hash ?? null };
}

function unusable(name: string, { container }: DigestBlobs, because: string): AuditorError {
  return new AuditorError(
    'storage-corrupt',
    `Cannot write the next digest after ${name} in the container ${container}: ${because}. Run "gateway-audit verify --digests"; if a key was replaced, keep its public half in AUDIT_SIGNING_KEY.`,
  );
}

function headsOf(statuses: Awaited<ReturnType<LimitStatuses['readAll']>>): readonly CustomerHead[] {
  return statuses.flatMap(({ customerId, head }) =>
    head === null ? [] : [{ customerId, sequence: head.sequence, hash: head.hash }],
  );
}

async function signEarlierAnchors(heads: readonly CustomerHead[], { retention, key }: DigestPorts): Promise<void> {
  for (const { customerId } of heads) {
    // Of one that cannot be read, verifying its customer's history tells.
    const anchor = await retention.readAnchor(customerId).catch(nullIfCorrupt);
    if (anchor !== null && !isSigned(anchor)) await retention.writeAnchor(await makeAnchor(anchor, key));
  }
}

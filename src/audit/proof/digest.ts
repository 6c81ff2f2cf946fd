import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { ChainHead } from './hash-chain';
import { type Signed, type SigningKey, signContent } from './signature';

export interface CustomerHead extends ChainHead {
  readonly customerId: string;
}

/** What is left to say about a digest once it is written: where it stands and what it is. */
export interface DigestMark {
  readonly name: string;
  readonly number: number;
  /** Up to when it speaks; ISO 8601 UTC. */
  readonly to: string;
  /** SHA-256 (hex) of its text. */
  readonly hash: string;
}

/**
 * What is signed once an hour: every customer's chain as it stood, and the digest before it by name and hash, so that
 * none can be taken out. It is also written when nothing happened: hours without one were hours without the service,
 * and the next digest says so in `missedHours`.
 */
export interface DigestContent {
  readonly format: 'gateway-audit-digest/1';
  /** 1, 2, … without a gap. */
  readonly number: number;
  /** When the one before it was made; null for the first. */
  readonly from: string | null;
  readonly to: string;
  /** Hours between the two in which none was made. */
  readonly missedHours: number;
  readonly previous: { readonly name: string; readonly hash: string } | null;
  /** By customer id; those without audits are left out. */
  readonly heads: readonly CustomerHead[];
}

export type Digest = Signed<DigestContent>;

const hourMs = 3_600_000;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.iso.datetime({ precision: 3 });
const digestSchema: z.ZodType<Digest> = z.strictObject({
  format: z.literal('gateway-audit-digest/1'),
  number: z.int().min(1),
  from: moment.nullable(),
  to: moment,
  missedHours: z.int().min(0),
  previous: z.strictObject({ name: z.string(), hash }).nullable(),
  heads: z.array(z.strictObject({ customerId: z.string(), sequence: z.int().min(1), hash })),
  key: z.strictObject({ algorithm: z.enum(['Ed25519', 'ES256']), id: hash }),
  signature: z.string(),
});

/** The name of a digest in its container. Its number alone: of two writers only one can write the next. */
export function digestName(number: number): string {
  return `digest-${String(number).padStart(8, '0')}.json`;
}

export function isDigestName(name: string): boolean {
  return /^digest-\d{8}\.json$/.test(name);
}

/** The digest of this moment, after the one before it; its text is what is stored. */
export async function makeDigest(
  moment: { readonly nowMs: number; readonly heads: readonly CustomerHead[]; readonly previous: DigestMark | null },
  key: SigningKey,
): Promise<{ readonly mark: DigestMark; readonly text: string }> {
  const { nowMs, heads, previous } = moment;
  const content: DigestContent = {
    format: 'gateway-audit-digest/1',
    number: (previous?.number ?? 0) + 1,
    from: previous?.to ?? null,
    to: new Date(nowMs).toISOString(),
    missedHours: previous === null ? 0 : missedHours(previous.to, nowMs),
    previous: previous && { name: previous.name, hash: previous.hash },
    heads: heads.toSorted((a, b) => (a.customerId < b.customerId ? -1 : 1)),
  };
  const text = canonicalize(await signContent(content, key)) ?? '';
  return { mark: markOf(content, text), text };
}

/** Null where the text is not, to the letter, what this program writes. */
export function readDigest(text: string): Digest | null {
  const parsed = digestSchema.safeParse(jsonOf(text));
  return parsed.success && canonicalize(parsed.data) === text ? parsed.data : null;
}

export function markOf({ number, to }: Pick<DigestContent, 'number' | 'to'>, text: string): DigestMark {
  return { name: digestName(number), number, to, hash: createHash('sha256').update(text).digest('hex') };
}

/** Whole UTC hours that lie between the hours of two moments. */
export function missedHours(fromIso: string, toMs: number): number {
  return Math.max(0, hourOf(toMs) - hourOf(Date.parse(fromIso)) - 1);
}

/** Whether both moments lie in one UTC hour, or the later one before the earlier: a clock that was set back. */
export function isSameHour(earlierIso: string, laterMs: number): boolean {
  return hourOf(laterMs) <= hourOf(Date.parse(earlierIso));
}

function hourOf(ms: number): number {
  return Math.floor(ms / hourMs);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No digest: the caller says so.
    return null;
  }
}

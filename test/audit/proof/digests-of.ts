import { type CustomerHead, type DigestMark, makeDigest } from '../../../src/audit/proof/digest';
import type { StoredDigest } from '../../../src/audit/proof/digest-store';
import type { SigningKey } from '../../../src/audit/proof/signature';

/** One digest an hour from 2026-11-22T10:00Z on, each of the heads at its place. */
export async function digestsOf(
  hours: readonly (readonly CustomerHead[])[],
  key: SigningKey,
): Promise<{ readonly stored: readonly StoredDigest[]; readonly marks: readonly DigestMark[] }> {
  const stored: StoredDigest[] = [];
  const marks: DigestMark[] = [];
  for (const [hour, heads] of hours.entries()) {
    const nowMs = Date.UTC(2026, 10, 22, 10 + hour);
    const { mark, text } = await makeDigest({ nowMs, heads, previous: marks.at(-1) ?? null }, key);
    stored.push({ name: mark.name, text });
    marks.push(mark);
  }
  return { stored, marks };
}

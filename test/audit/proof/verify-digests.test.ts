import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { type Digest, type DigestMark, makeDigest } from '../../../src/audit/proof/digest';
import type { StoredDigest } from '../../../src/audit/proof/digest-store';
import type { SigningKey } from '../../../src/audit/proof/signature';
import { verifyDigests } from '../../../src/audit/proof/verify-digests';
import { aSigningKey, ed25519Pem, otherEd25519Pem, p256Pem } from './a-signing-key';
import { digestsOf } from './digests-of';

const key = aSigningKey();
const thief = aSigningKey(otherEd25519Pem);
const head = (sequence: number, customerId = 'contoso') => ({
  customerId,
  sequence,
  hash: String(sequence).padStart(64, '0'),
});
/** Six hours; nothing happened in the fourth. */
const hours = [[], [head(1)], [head(3), head(1, 'fabrikam')], [head(3), head(1, 'fabrikam')], [head(4)], [head(9)]];
const everyone = { isWanted: () => true };

async function verified(
  { stored, mark }: { stored: readonly StoredDigest[]; mark?: DigestMark | null },
  keys: SigningKey = key,
) {
  return verifyDigests(stored, { keys: keys.trusted, mark: mark ?? null, ...everyone });
}

test('an untouched series is intact, and names what each customer’s chain was, each place once', async () => {
  const { stored, marks } = await digestsOf(hours, key);
  const { integrity, witnesses, customerIds } = await verified({ stored, mark: marks.at(-1) ?? null });
  expect(integrity).toEqual({ intact: true, digests: 6, missedHours: 0, last: marks[5] });
  expect([...customerIds]).toEqual(['contoso', 'fabrikam']);
  expect(witnesses.get('contoso')).toEqual(
    [
      [1, '11'],
      [3, '12'],
      [4, '14'],
      [9, '15'],
    ].map(([sequence, hour]) => ({
      sequence,
      hash: String(sequence).padStart(64, '0'),
      seenIn: `the signed digest of 2026-11-22T${hour}:00:00.000Z`,
    })),
  );
});

test('without digests there is nothing that could be broken', async () => {
  const nothing = { intact: true, digests: 0, missedHours: 0, last: null };
  expect((await verified({ stored: [] })).integrity).toEqual(nothing);
});

test('hours without the service are stated, and are no gap', async () => {
  const first = await makeDigest({ nowMs: Date.UTC(2026, 10, 22, 10, 0), heads: [], previous: null }, key);
  const late = { nowMs: Date.UTC(2026, 10, 22, 14, 37), heads: [], previous: first.mark };
  const second = await makeDigest(late, key);
  const stored = [first, second].map(({ mark, text }) => ({ name: mark.name, text }));
  expect((await verified({ stored })).integrity).toMatchObject({ intact: true, missedHours: 3 });
});

test('a key that was replaced is believed as long as it is given', async () => {
  const before = await digestsOf(hours.slice(0, 2), aSigningKey(p256Pem));
  const after = await makeDigest(
    { nowMs: Date.UTC(2026, 10, 22, 12), heads: [], previous: before.marks[1] ?? null },
    key,
  );
  const stored = [...before.stored, { name: after.mark.name, text: after.text }];
  expect((await verified({ stored }, aSigningKey(ed25519Pem, p256Pem))).integrity.intact).toBe(true);
  expect((await verified({ stored })).integrity).toMatchObject({
    intact: false,
    firstBroken: { name: 'digest-00000001.json', because: expect.stringContaining('none of those that are trusted') },
  });
});

type Series = { readonly stored: readonly StoredDigest[]; readonly marks: readonly DigestMark[] };
type Mutation = (series: Series) => Promise<readonly StoredDigest[]> | readonly StoredDigest[];

const mutations: [string, Mutation, number, string][] = [
  ['a head edited', ({ stored }) => edited(stored, 2, (digest) => ({ ...digest, heads: [head(2)] })), 3, 'not the one'],
  ['white space added', ({ stored }) => withText(stored, 2, (text) => `${text}\n`), 3, 'not what this program writes'],
  ['a field added', ({ stored }) => edited(stored, 2, (digest) => ({ ...digest, more: 1 })), 3, 'not what this'],
  ['no JSON', ({ stored }) => withText(stored, 2, () => '…'), 3, 'not what this program writes'],
  ['the first deleted', ({ stored }) => stored.slice(1), 1, 'it is gone'],
  ['one deleted', ({ stored }) => stored.toSpliced(3, 1), 4, 'it is gone'],
  ['the last deleted', ({ stored }) => stored.slice(0, -1), 6, 'the table of limits still names it'],
  ['all deleted', () => [], 6, 'the table of limits still names it'],
  ['two that changed places', ({ stored }) => swapped(stored, 1, 3), 2, 'it is number 4: it was moved'],
  ['one put in twice', ({ stored }) => withText(stored, 4, () => stored[2]?.text ?? ''), 5, 'it is number 3'],
  ['one signed with another key', (series) => signedAnew(series, 2, thief), 3, 'none of those that are trusted'],
  [
    'one signed with another key under the name of ours',
    async (series) =>
      edited(await signedAnew(series, 2, thief), 2, (digest) => ({
        ...digest,
        key: { ...digest.key, id: key.publicKey.id },
      })),
    3,
    'not the one of its content',
  ],
  [
    'another algorithm named',
    ({ stored }) => edited(stored, 2, (digest) => ({ ...digest, key: { ...digest.key, algorithm: 'ES256' } })),
    3,
    'it names ES256 for a key that is Ed25519',
  ],
  ['one signed anew by who has the key', (series) => signedAnew(series, 2, key), 3, 'it was replaced'],
  ['the last signed anew by who has the key', (series) => signedAnew(series, 5, key), 6, 'names another hash'],
  [
    'all signed with another key',
    async () => (await digestsOf(hours, thief)).stored,
    1,
    'none of those that are trusted',
  ],
];

test.each(mutations)('finds %s and names the digest', async (_, mutate, number, because) => {
  const series = await digestsOf(hours, key);
  const stored = await mutate(series);
  const { integrity } = await verified({ stored, mark: series.marks.at(-1) ?? null });
  expect(integrity).toMatchObject({
    intact: false,
    digests: stored.length,
    firstBroken: { name: `digest-0000000${number}.json`, because: expect.stringContaining(because) },
  });
});

test('what a digest with a bad signature says is no witness', async () => {
  const { stored } = await digestsOf(hours, key);
  const forged = edited(stored, 1, (digest) => ({ ...digest, heads: [head(7)] }));
  expect((await verified({ stored: forged })).witnesses.get('contoso')?.map(({ sequence }) => sequence)).toEqual([
    3, 4, 9,
  ]);
});

test('a digest that was written and not noted yet is no trouble', async () => {
  const { stored, marks } = await digestsOf(hours, key);
  expect((await verified({ stored, mark: marks[4] ?? null })).integrity.intact).toBe(true);
});

test('every single character of a digest counts', async () => {
  const { stored, marks } = await digestsOf(hours, key);
  const mark = marks.at(-1) ?? null;
  await fc.assert(
    fc.asyncProperty(fc.nat(5), fc.nat(), fc.integer({ min: 32, max: 126 }), async (at, place, code) => {
      const changed = withText(stored, at, (text) => {
        const here = place % text.length;
        return text.slice(0, here) + String.fromCharCode(code) + text.slice(here + 1);
      });
      fc.pre(changed[at]?.text !== stored[at]?.text);
      expect((await verified({ stored: changed, mark })).integrity.intact).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

function withText(stored: readonly StoredDigest[], at: number, change: (text: string) => string) {
  return stored.map((one, index) => (index === at ? { ...one, text: change(one.text) } : one));
}

function edited(stored: readonly StoredDigest[], at: number, change: (digest: Digest) => object) {
  return withText(stored, at, (text) => canonicalize(change(JSON.parse(text))) ?? '');
}

function swapped(stored: readonly StoredDigest[], one: number, other: number) {
  const [first, second] = [stored[one]?.text ?? '', stored[other]?.text ?? ''];
  return withText(
    withText(stored, one, () => second),
    other,
    () => first,
  );
}

async function signedAnew({ stored, marks }: Series, at: number, by: SigningKey) {
  const nowMs = Date.parse(marks[at]?.to ?? '');
  const { text } = await makeDigest({ nowMs, heads: [head(8)], previous: marks[at - 1] ?? null }, by);
  return withText(stored, at, () => text);
}

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import type { StoredLink } from '../../../src/audit/ports';
import { type Anchor, makeAnchor } from '../../../src/audit/proof/anchor';
import { type Digest, markOf, readDigest } from '../../../src/audit/proof/digest';
import { hashOfReport } from '../../../src/audit/proof/hash-chain';
import { type SigningKey, signContent } from '../../../src/audit/proof/signature';
import type { Report } from '../../../src/audit/report';
import {
  aProvenHistory,
  headOf,
  isIntact,
  type ProvenChain,
  type ProvenHistory,
  reportsOf,
  toLink,
} from './a-proven-history';
import { aSigningKey, otherEd25519Pem } from './a-signing-key';

const key = aSigningKey();
const thief = aSigningKey(otherEd25519Pem);
const customers = ['contoso', 'northwind', 'wingtip'] as const;
const audits = 8;
const hours = [2, 2, 5, 7, audits];
/** `INTEGRITY_MUTATIONS=20000 npx jest test/audit/mutated-histories` for more. */
const runs = Number(process.env.INTEGRITY_MUTATIONS ?? 1000);
jest.setTimeout(30_000 + 30 * runs);

/** Three customers, 24 audits, five digests; of the last one four audits are purged, of which two are still there. */
function aWholeHistory(): Promise<ProvenHistory> {
  return aProvenHistory(
    {
      audits: Object.fromEntries(customers.map((id) => [id, hours])),
      purged: { wingtip: { sequence: 4, leftOver: 2 } },
    },
    key,
  );
}

test(`${runs} untouched histories are intact, with purges, hours of silence and rows that lag behind`, async () => {
  const growth = fc.array(fc.nat(3), { minLength: 1, maxLength: 6 });
  const customer = fc.record({ growth, purged: fc.nat(12), leftOver: fc.nat(12) });
  await fc.assert(
    fc.asyncProperty(fc.array(customer, { maxLength: 3 }), fc.nat(1), async (kept, lag) => {
      const counts = kept.map(({ growth }) => growth.map((_, hour) => sum(growth.slice(0, hour + 1))));
      const purged = kept.flatMap(({ purged, leftOver }, at) => {
        const most = (counts[at]?.at(-1) ?? 0) - 1;
        return purged >= 1 && most >= 1
          ? [[customers[at], { sequence: Math.min(purged, most), leftOver: Math.min(leftOver, purged, most) }]]
          : [];
      });
      const history = {
        audits: Object.fromEntries(counts.map((ended, at) => [customers[at], ended])),
        purged: Object.fromEntries(purged),
        lag,
      };
      expect(await isIntact(await aProvenHistory(history, key), key)).toBe(true);
    }),
    { numRuns: runs },
  );
});

test(`${runs} random mutations of stored history, digests and anchors included, are found`, async () => {
  const whole = await aWholeHistory();
  expect(await isIntact(whole, key)).toBe(true);
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(aMutation(), { minLength: 1, maxLength: 3 }), async (mutations) => {
      let mutated = whole;
      for (const { mutate } of mutations) mutated = await mutate(mutated);
      fc.pre(JSON.stringify(mutated) !== JSON.stringify(whole));
      for (const { name } of mutations) seen.add(name);
      expect(await isIntact(mutated, key)).toBe(false);
    }),
    { numRuns: runs },
  );
  expect(seen.size).toBe(Object.keys(mutationsByName).length);
});

interface Mutation {
  readonly name: string;
  readonly mutate: (stored: ProvenHistory) => ProvenHistory | Promise<ProvenHistory>;
}

/** Where a mutation happens, and what it writes. */
interface Draw {
  readonly id: (typeof customers)[number];
  readonly at: number;
  readonly other: number;
  readonly value: unknown;
}

type Mutate = (draw: Draw) => Mutation['mutate'];

function aMutation(): fc.Arbitrary<Mutation> {
  const draw = fc.record({
    id: fc.constantFrom(...customers),
    at: fc.nat(),
    other: fc.nat(),
    value: fc.jsonValue(),
  });
  return fc
    .tuple(fc.constantFrom(...Object.entries(mutationsByName)), draw)
    .map(([[name, mutate], drawn]) => ({ name, mutate: mutate(drawn) }));
}

const mutationsByName: Readonly<Record<string, Mutate>> = {
  'a report edited': (draw) => inLinks(draw, (links) => edited(links, draw, (report) => report)),
  'a report edited and its hash made anew': (draw) =>
    inLinks(draw, (links) => edited(links, draw, (report) => ({ ...report, hash: hashOfReport(report) }))),
  // What a purge is about to take may go at any moment: it is taken from above the anchor.
  'a record deleted': (draw) => inLinks(draw, (links) => links.toSpliced(draw.at % 4, 1)),
  'records that changed places': (draw) => inLinks(draw, (links) => swapped(links, draw.at % 4, draw.other % 4)),
  'a copy put in': (draw) =>
    inLinks(draw, (links) => links.toSpliced(draw.at % 4, 0, ...links.slice(draw.other % 4, (draw.other % 4) + 1))),
  "another customer's record": (draw) => (stored) => {
    const foreign = stored.chains[customers.find((one) => one !== draw.id) ?? '']?.links[draw.at % 4];
    return inLinks(draw, (links) => onLink(links, draw.at % 4, (one) => foreign ?? one))(stored);
  },
  'evidence edited': (draw) =>
    inLinks(draw, (links) => onLink(links, draw.at % 4, (one) => ({ ...one, evidenceHash: String(draw.other) }))),
  'the newest cut off with the head and the limit status': (draw) =>
    inChain(draw.id, (chain) => {
      const links = chain.links.slice(1 + (draw.at % 3));
      const head = headOf(links[0]?.report ?? undefined);
      return { ...chain, links, head, limitHead: head };
    }),
  'all records taken away with head, limit status and anchor': ({ id }) =>
    inChain(id, () => ({ links: [], head: null, limitHead: null, anchor: null })),
  'the whole chain made anew with head and limit status': (draw) => inChain(draw.id, (chain) => rewritten(chain, draw)),
  'the head edited': ({ id, other }) =>
    inChain(id, (chain) => ({ ...chain, head: chain.head && { ...chain.head, hash: hex(other) } })),
  'an anchor put in for a deletion': ({ id, at }) =>
    inChain(id, async (chain) => deletedBelow(chain, { sequence: audits - 1 - (at % 3), by: at % 2 ? thief : null })),
  'the anchor edited': ({ other }) =>
    inChain('wingtip', (chain) => ({ ...chain, anchor: chain.anchor && { ...chain.anchor, hash: hex(other) } })),
  'the anchor set forth': ({ at }) =>
    inChain('wingtip', (chain) => ({ ...chain, anchor: chain.anchor && { ...chain.anchor, sequence: 5 + (at % 9) } })),
  'the anchor deleted': () => inChain('wingtip', (chain) => ({ ...chain, anchor: null })),
  'a digest edited': (draw) =>
    inDigest(draw.at, (text) => {
      const digest = readDigest(text);
      if (digest === null) return `${text} `;
      const names = Object.keys(digest) as (keyof Digest)[];
      return canonicalize({ ...digest, [names[draw.other % names.length] ?? '']: draw.value }) ?? '';
    }),
  'a character of a digest': ({ at, other }) =>
    inDigest(at, (text) => {
      const place = other % text.length;
      return `${text.slice(0, place)}${text[place] === '7' ? '8' : '7'}${text.slice(place + 1)}`;
    }),
  'a digest deleted': ({ at }) => inDigests((digests) => digests.toSpliced(at % hours.length, 1)),
  'digests deleted at the end': ({ at }) => inDigests((digests) => digests.slice(0, at % hours.length)),
  'digests that changed places': ({ at, other }) =>
    inDigests((digests) => {
      const [one, two] = [digests[at % digests.length], digests[other % digests.length]];
      return digests.map((digest) =>
        digest === one
          ? { ...digest, text: two?.text ?? '' }
          : digest === two
            ? { ...digest, text: one?.text ?? '' }
            : digest,
      );
    }),
  'a digest signed with another key': ({ at, other }) => signedBy(thief, at, other),
  'a forged digest signed with another key in our name':
    ({ at, other }) =>
    (stored) =>
      signedBy({ ...thief, publicKey: { ...thief.publicKey, id: key.publicKey.id } }, at, other)(stored),
  'all digests signed with another key, and noted':
    ({ at, other }) =>
    async (stored) => {
      const signed = await signedBy(thief, at, other)(stored);
      const { text } = signed.digests.at(-1) ?? {};
      // Who takes away all digests and their note leaves nothing to be found by: an immutable container is against that.
      if (text === undefined) return signed;
      const last = readDigest(text);
      return { ...signed, mark: last && markOf(last, text) };
    },
};

function inChain(id: string, change: (chain: ProvenChain) => ProvenChain | Promise<ProvenChain>): Mutation['mutate'] {
  return async (stored) => {
    const chain = stored.chains[id];
    return chain ? { ...stored, chains: { ...stored.chains, [id]: await change(chain) } } : stored;
  };
}

function inLinks(draw: Draw, change: (links: readonly StoredLink[]) => readonly StoredLink[]): Mutation['mutate'] {
  return inChain(draw.id, (chain) => ({ ...chain, links: change(chain.links) }));
}

function inDigests(change: (digests: ProvenHistory['digests']) => ProvenHistory['digests']): Mutation['mutate'] {
  return (stored) => ({ ...stored, digests: change(stored.digests) });
}

function inDigest(at: number, change: (text: string) => string): Mutation['mutate'] {
  return inDigests((digests) =>
    digests.map((digest, index) => (index === at % digests.length ? { ...digest, text: change(digest.text) } : digest)),
  );
}

function onLink(links: readonly StoredLink[], at: number, change: (link: StoredLink) => StoredLink) {
  return links.map((one, index) => (index === at ? change(one) : one));
}

function edited(links: readonly StoredLink[], draw: Draw, seal: (report: Report) => Report): readonly StoredLink[] {
  return onLink(links, draw.at % audits, (one) => {
    if (one.report === null) return one;
    const names = Object.keys(one.report);
    const name = names[draw.other % names.length] ?? '';
    return { ...one, report: seal({ ...one.report, [name]: draw.value } as Report) };
  });
}

function swapped(links: readonly StoredLink[], one: number, other: number): readonly StoredLink[] {
  const [first, second] = [links[one], links[other]];
  return first && second ? links.with(one, second).with(other, first) : links;
}

/** As whoever can write all tables would: each hash is valid, and everything names the new end. */
function rewritten(chain: ProvenChain, { id, at }: Draw): ProvenChain {
  const reports = reportsOf(id, audits + (at % 3), { verdict: 'fail' });
  const head = headOf(reports.at(-1));
  return { ...chain, links: reports.map(toLink).toReversed(), head, limitHead: head };
}

async function deletedBelow(
  chain: ProvenChain,
  { sequence, by }: { readonly sequence: number; readonly by: SigningKey | null },
): Promise<ProvenChain> {
  const last = chain.links.find(({ report }) => report?.sequence === sequence)?.report;
  if (!last) return chain;
  const content = {
    format: 'gateway-audit-anchor/1' as const,
    ...{ customerId: last.customerId, sequence, hash: last.hash },
    purgedAt: '2026-11-22T20:41:00.000Z',
    purgedBefore: '2026-11-22T00:00:00.000Z',
  };
  const anchor: Anchor = await makeAnchor(content, by);
  return { ...chain, anchor, links: chain.links.filter(({ report }) => (report?.sequence ?? 0) > sequence) };
}

/** One digest, and all that follow it, made anew around another head of the first customer. */
function signedBy(by: SigningKey, at: number, other: number): (stored: ProvenHistory) => Promise<ProvenHistory> {
  return async (stored) => {
    const first = stored.digests.length === 0 ? 0 : at % stored.digests.length;
    const digests = [...stored.digests];
    for (const [place, { name, text }] of digests.entries()) {
      const digest = readDigest(text);
      // What another mutation has left no digest of is forged already.
      if (place < first || digest === null) continue;
      const { key: _, signature: __, ...content } = digest;
      const before = digests[place - 1];
      const previous = before ? { name: before.name, hash: sha256(before.text) } : null;
      const heads = content.heads.map((head, index) => (index === 0 ? { ...head, hash: hex(other) } : head));
      digests[place] = { name, text: canonicalize(await signContent({ ...content, previous, heads }, by)) ?? '' };
    }
    return { ...stored, digests };
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hex(seed: number): string {
  return seed.toString(16).padStart(64, 'f');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

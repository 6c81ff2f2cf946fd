import * as fc from 'fast-check';
import type { StoredLink } from '../../../src/audit/ports';
import { hashOfReport, sealReport } from '../../../src/audit/proof/hash-chain';
import { type KnownOfChain, verifyChain } from '../../../src/audit/proof/verify-chain';
import type { Report } from '../../../src/audit/report';
import { aReportDraft } from '../a-report-draft';
import { aChain } from './a-chain';

interface Stored {
  readonly links: readonly StoredLink[];
  readonly known: KnownOfChain;
}

/** The mutation of a history of six, and the sequence and reason that must be named. Index 0 is the newest. */
const mutations: [string, (stored: Stored) => Stored, number, string][] = [
  ['a verdict edited', edit(2, { verdict: 'fail' }), 4, 'its content is not'],
  ['an edit with its hash made anew', editAndSeal(2, { verdict: 'fail' }), 4, 'the record after it names another'],
  ['the newest edited with its hash made anew', editAndSeal(0, { verdict: 'fail' }), 6, "the chain's head names"],
  ['a link to the one before edited', edit(2, { previousHash: 'f'.repeat(64) }), 4, 'its content is not'],
  ['the first record made anew', editAndSeal(5, { previousHash: 'f'.repeat(64) }), 1, 'the record after it names'],
  ['a record deleted', change((links) => links.toSpliced(2, 1)), 4, 'it is gone'],
  ['the first record deleted', change((links) => links.slice(0, -1)), 1, 'it is gone'],
  ['the newest deleted', change((links) => links.slice(1)), 6, 'it is gone'],
  ['all deleted', change(() => []), 1, 'it is gone'],
  ['two deleted', change((links) => links.toSpliced(1, 1).toSpliced(3, 1)), 2, 'it is gone'],
  ['a copy put in', change((links) => links.toSpliced(4, 0, at(links, 1))), 5, 'it was put in or moved'],
  ['one put in beyond the head', putBeyondHead, 7, 'it was put in or moved'],
  ['two that changed places', change((links) => swapped(links, 1, 4)), 3, 'it is gone, or was moved'],
  ['a row that holds nothing', change((links) => links.toSpliced(3, 1, unreadable)), 3, 'no report'],
  ['a row put in that holds nothing', change((links) => links.toSpliced(3, 0, unreadable)), 3, 'no report'],
  [
    "another customer's",
    change((links) => links.with(2, at(aChain(6, { customerId: 'fabrikam' }).links, 2))),
    4,
    'fabrikam',
  ],
  ['evidence edited', link(3, { evidenceHash: 'a' }), 3, 'its evidence was changed'],
  ['evidence deleted', link(3, { evidenceHash: null }), 3, 'its evidence is gone'],
  ['a column edited', link(3, { disagreement: 'its pointer is gone' }), 3, 'its pointer is gone'],
  ['the head deleted', head(() => null), 1, 'it was put in or moved'],
  ['the head set back', head(({ sequence, hash }) => ({ sequence: sequence - 1, hash })), 5, "the chain's head names"],
  ['the head set forth', head(({ sequence, hash }) => ({ sequence: sequence + 1, hash })), 7, 'it is gone'],
  ["the head's hash edited", head(({ sequence }) => ({ sequence, hash: 'f' })), 6, "the chain's head names"],
];

test.each(mutations)('finds %s and names the first broken record', async (_, mutate, sequence, because) => {
  const { links, known } = mutate(aChain(6));
  expect(await verifyChain('contoso', links, known)).toMatchObject({
    intact: false,
    audits: links.length,
    firstBroken: { sequence, because: expect.stringContaining(because) },
  });
});

test('names id and row of a record that is there', async () => {
  const { links, known } = edit(2, { verdict: 'fail' })(aChain(6));
  expect(await verifyChain('contoso', links, known)).toEqual({
    intact: false,
    audits: 6,
    head: known.head,
    firstBroken: {
      sequence: 4,
      auditId: '0192f0c1-0000-7000-8000-000000000004',
      row: 'r-2',
      because: 'its content is not the one that its hash was made from',
    },
  });
});

test('finds a new end that was cut off together with the head, by whoever saw it before', async () => {
  const { links, known } = aChain(6);
  const cut = { links: links.slice(2), known: { ...known, head: headOf(links[2]?.report) } };
  expect((await verifyChain('contoso', cut.links, cut.known)).intact).toBe(true);
  const witnesses = [{ sequence: 6, hash: links[0]?.report?.hash ?? '', seenIn: 'a digest' }];
  expect(await verifyChain('contoso', cut.links, { ...cut.known, witnesses })).toMatchObject({
    intact: false,
    firstBroken: { sequence: 5, because: expect.stringContaining('a digest') },
  });
});

test('finds a chain that was made anew as a whole, by whoever saw the old one', async () => {
  const old = aChain(6);
  const forged = aChain(6, { verdict: 'fail' });
  const witnesses = [{ sequence: 3, hash: old.links[3]?.report?.hash ?? '', seenIn: 'a digest' }];
  expect(await verifyChain('contoso', forged.links, { ...forged.known, witnesses })).toMatchObject({
    intact: false,
    firstBroken: { sequence: 3, because: 'a digest names another hash: it was replaced' },
  });
});

test('what is left after a purge verifies from its anchor', async () => {
  const { links, known } = aChain(6);
  const kept = links.slice(0, 4);
  const anchored = { ...known, anchor: headOf(links[4]?.report) };
  expect(await verifyChain('contoso', kept, anchored)).toEqual({ intact: true, audits: 4, head: known.head });
  expect((await verifyChain('contoso', kept.slice(0, 3), anchored)).intact).toBe(false);
  expect((await verifyChain('contoso', kept, { ...anchored, anchor: { sequence: 2, hash: 'f' } })).intact).toBe(false);
});

test('a customer without audits has nothing that could be broken', async () => {
  const { links, known } = aChain(0);
  expect(await verifyChain('contoso', links, known)).toEqual({ intact: true, audits: 0, head: null });
});

test('1,000 untouched histories are intact', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(8), fc.record({ stoppedBecause: fc.string(), verdict: aVerdict() }), async (n, parts) => {
      const { links, known } = aChain(n, parts);
      const witnesses = links.flatMap(({ report }) => (report ? [{ ...report, seenIn: 'a digest' }] : []));
      const integrity = await verifyChain('contoso', links, { ...known, witnesses });
      expect(integrity).toEqual({ intact: true, audits: n, head: known.head });
    }),
    { numRuns: 1000 },
  );
});

test('1,000 random mutations of stored histories are found', async () => {
  const whole = aChain(8);
  const others = aChain(8, { customerId: 'fabrikam' });
  await fc.assert(
    fc.asyncProperty(fc.array(aMutation(others.links), { minLength: 1, maxLength: 3 }), async (steps) => {
      const mutated = steps.reduce((links, step) => step(links), whole.links as readonly StoredLink[]);
      fc.pre(JSON.stringify(mutated) !== JSON.stringify(whole.links));
      expect((await verifyChain('contoso', mutated, whole.known)).intact).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

type Change = (links: readonly StoredLink[]) => readonly StoredLink[];

function aMutation(others: readonly StoredLink[]): fc.Arbitrary<Change> {
  const place = fc.nat(7);
  const names = Object.keys(at(others, 0).report ?? {});
  return fc.oneof(
    fc.tuple(place, fc.constantFrom(...names), fc.jsonValue(), fc.boolean()).map(
      ([n, name, value, sealAnew]): Change =>
        (links) =>
          links.map((one, index) => (index === n ? withField(one, { name, value, sealAnew }) : one)),
    ),
    place.map(
      (n): Change =>
        (links) =>
          links.toSpliced(n, 1),
    ),
    fc.tuple(place, place).map(
      ([from, to]): Change =>
        (links) =>
          links.toSpliced(to, 0, ...links.slice(from, from + 1)),
    ),
    fc.tuple(place, place).map(
      ([one, other]): Change =>
        (links) =>
          swapped(links, one, other),
    ),
    place.map(
      (n): Change =>
        (links) =>
          links.slice(n + 1),
    ),
    place.map(
      (n): Change =>
        (links) =>
          links.slice(0, n),
    ),
    place.map(
      (n): Change =>
        (links) =>
          links.map((one, index) => (index === n ? at(others, n) : one)),
    ),
    fc.tuple(place, fc.option(fc.string())).map(
      ([n, evidenceHash]): Change =>
        (links) =>
          links.map((one, index) => (index === n ? { ...one, evidenceHash } : one)),
    ),
  );
}

function withField(one: StoredLink, change: { name: string; value: unknown; sealAnew: boolean }): StoredLink {
  if (one.report === null) return one;
  const report = { ...one.report, [change.name]: change.value } as Report;
  return { ...one, report: change.sealAnew ? { ...report, hash: hashOfReport(report) } : report };
}

function aVerdict() {
  return fc.constantFrom('pass' as const, 'fail' as const, 'inconclusive' as const);
}

const unreadable: StoredLink = {
  row: 'r-x',
  report: null,
  evidenceHash: null,
  disagreement: 'its row holds no report',
};

function change(mutate: Change): (stored: Stored) => Stored {
  return ({ links, known }) => ({ links: mutate(links), known });
}

function link(n: number, parts: Partial<StoredLink>): (stored: Stored) => Stored {
  return change((links) => links.with(n, { ...at(links, n), ...parts }));
}

function edit(n: number, parts: Partial<Report>): (stored: Stored) => Stored {
  return change((links) => links.with(n, edited(at(links, n), parts)));
}

function editAndSeal(n: number, parts: Partial<Report>): (stored: Stored) => Stored {
  return change((links) => {
    const changed = edited(at(links, n), parts);
    const report = changed.report;
    return links.with(n, { ...changed, report: report && { ...report, hash: hashOfReport(report) } });
  });
}

function head(set: (head: { sequence: number; hash: string }) => KnownOfChain['head']): (stored: Stored) => Stored {
  return ({ links, known }) => ({ links, known: { ...known, head: known.head && set(known.head) } });
}

function putBeyondHead({ links, known }: Stored): Stored {
  const newest = at(links, 0);
  const report = sealReport(aReportDraft({ evidenceHash: 'e' }), newest.report);
  return { links: [{ ...newest, report, evidenceHash: 'e' }, ...links], known };
}

function edited(one: StoredLink, parts: Partial<Report>): StoredLink {
  return { ...one, report: one.report && { ...one.report, ...parts } };
}

function swapped(links: readonly StoredLink[], one: number, other: number): readonly StoredLink[] {
  const [first, second] = [links[one], links[other]];
  return first && second ? links.with(one, second).with(other, first) : links;
}

function at(links: readonly StoredLink[], n: number): StoredLink {
  return links[n] ?? unreadable;
}

function headOf(report: Report | null | undefined) {
  return report ? { sequence: report.sequence, hash: report.hash } : null;
}

import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import {
  genesisHash,
  hashOfReport,
  hashOfStored,
  isSealOf,
  sealedTextOf,
  sealReport,
} from '../../../src/audit/proof/hash-chain';
import type { Report } from '../../../src/audit/report';
import { aReportDraft } from '../a-report-draft';

test('the first report of a customer begins the chain', () => {
  const { hash, ...rest } = sealReport(aReportDraft(), null);
  expect(rest).toEqual({ ...aReportDraft(), sequence: 1, previousHash: genesisHash });
  expect(hash).toBe(createHash('sha256').update(sortedJson(rest)).digest('hex'));
});

test('each report holds the hash of the one before it', () => {
  const first = sealReport(aReportDraft(), null);
  const second = sealReport(aReportDraft({ verdict: 'fail' }), first);
  expect([second.sequence, second.previousHash]).toEqual([2, first.hash]);
});

test('a report that was written down and read again has the hash it was given', () => {
  const text = 'Grüße, 東京 🚀 \u2028 \ud800 "quoted"';
  const report = sealReport(aReportDraft({ stoppedBecause: text, estimate: { overshootTokens: 1e21 } }), null);
  const readAgain = JSON.parse(JSON.stringify(report)) as Report;
  expect(hashOfReport(readAgain)).toBe(report.hash);
});

test.each<[string, Partial<Report>]>([
  ['the verdict', { verdict: 'fail' }],
  ['a finding', { findings: [] }],
  ['its time', { finishedAt: '2026-11-22T10:00:03.000Z' }],
  ['its place', { sequence: 2 }],
  ['the link to the one before', { previousHash: 'f'.repeat(64) }],
  ['the evidence', { evidenceHash: 'e' }],
])('a report in which %s was changed has another hash', (_, change) => {
  const report = sealReport(aReportDraft(), null);
  expect(hashOfReport({ ...report, ...change })).not.toBe(report.hash);
});

describe('the hash of a stored text', () => {
  const report = sealReport(aReportDraft({ stoppedBecause: 'Grüße, \ufffd' }), null);
  const { hash, ...sealed } = report;
  const text = sealedTextOf(report);
  const isSealed = (stored: string) =>
    hashOfStored({ report: { ...(JSON.parse(stored) as Report), hash }, text: stored }) === hash;

  test.each([
    ['as it is stored', text],
    ['as an earlier version stored it, in another order and with its hash', JSON.stringify(report)],
    ['with white space', JSON.stringify(sealed, null, 2)],
  ])('is that of the report, %s', (_, stored) => {
    expect(isSealed(stored)).toBe(true);
  });

  test.each([
    ['another verdict', text.replace('"verdict":"pass"', '"verdict":"fail"')],
    ['another verdict behind the one that was sealed', text.replace(/}$/, ',"verdict":"fail"}')],
    ['one more member', text.replace(/}$/, ',"zone":1}')],
    ['a lone surrogate for a character', text.replace('\ufffd', '\ud800')],
  ])('with %s is not the one that it names', (_, stored) => {
    expect(stored).not.toBe(text);
    expect(isSealed(stored)).toBe(false);
  });

  test('is never the sealed one where its content was changed, wherever a character of it was', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('x', '"', ',', '0', '}'), (at, character) => {
        const stored = `${text.slice(0, at)}${character}${text.slice(at + 1)}`;
        if (isJson(stored) && stored !== text) expect(isSealed(stored)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

test('a report is known by the draft that it was made from, and by no other', () => {
  const report = sealReport(aReportDraft(), { sequence: 41, hash: 'a'.repeat(64) });
  expect(isSealOf(report, aReportDraft())).toBe(true);
  expect(isSealOf(report, aReportDraft({ startedAt: '2026-11-22T10:00:01.001Z' }))).toBe(false);
});

/** RFC 8785 for the values that reports hold, told anew: members in the order of their UTF-16 code units. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sortedJson(member)}`).join(',')}}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

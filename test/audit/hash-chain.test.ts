import { createHash } from 'node:crypto';
import { genesisHash, hashOfReport, isSealOf, sealReport } from '../../src/audit/hash-chain';
import type { Report } from '../../src/audit/report';
import { aReportDraft } from './a-report-draft';

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

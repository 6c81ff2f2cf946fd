import { randomBytes } from 'node:crypto';
import { toDayRollUpRow } from '../../../src/adapters/storage/day-roll-up-row';
import { fromEvidenceRows, toEvidenceRows } from '../../../src/adapters/storage/evidence-rows';
import { toHeadRow } from '../../../src/adapters/storage/head-row';
import { toPointerRow } from '../../../src/adapters/storage/pointer-row';
import { fromReportRow, toReportRow } from '../../../src/adapters/storage/report-row';
import type { NewRow } from '../../../src/adapters/storage/storage-table';
import { maxEvidenceBytes, packEvidence, unpackEvidence } from '../../../src/audit/evidence-size';
import { foldIntoDay } from '../../../src/audit/history/day-roll-up';
import { sealReport } from '../../../src/audit/proof/hash-chain';
import { anOrder, aReportDraft, someEvidence } from '../../audit/a-report-draft';
import { anExchange } from '../../probe/an-exchange';

// Azurite takes larger entities than Azure does, so Azure's documented limits are told anew here.
const maxEntityBytes = 1024 * 1024;
const maxPropertyBytes = 64 * 1024;

const longId = 'c'.repeat(63);
const order = anOrder({ customerId: longId, auditId: 'f'.repeat(36) });
// Of seven characters as JSON text, so that parts of any even length end within one of the rockets.
const largeText = '東"\\🚀'.repeat(60_000);
const largeReport = sealReport(aReportDraft({ ...order, stoppedBecause: largeText }), null);
const manyBackends = Object.fromEntries(
  Array.from({ length: 500 }, (_, at) => [`東${at}`.repeat(200), { probes: 123_456, tokens: 123_456_789 }]),
);
const packed = packEvidence(
  someEvidence({
    exchanges: Array.from({ length: 5000 }, () => anExchange({ backend: randomBytes(600).toString('base64') })),
  }),
).packed;
const evidenceRows = toEvidenceRows(longId, order.auditId, packed);

test.each<[string, NewRow]>([
  ['the report', toReportRow(largeReport, 9_999_999_999_999)],
  ['the head', toHeadRow(longId, { sequence: 2 ** 31 - 1, hash: 'f'.repeat(64), committedMs: 9_999_999_999_999 })],
  ['the pointer', toPointerRow({ order, state: 'done', attempt: 99, sinceMs: 0, hash: 'f'.repeat(64) })],
  [
    "the day's roll-up",
    toDayRollUpRow(
      longId,
      foldIntoDay(null, aReportDraft({ summary: { ...aReportDraft().summary, byBackend: manyBackends } }), []),
    ),
  ],
  ...evidenceRows.map((row, at): [string, NewRow] => [`evidence row ${at}`, row]),
])('%s keeps within what Azure takes in an entity', (_, row) => {
  expect(entityBytes(row)).toBeLessThanOrEqual(maxEntityBytes);
  expect(Math.max(...Object.values(row).map(valueBytes))).toBeLessThanOrEqual(maxPropertyBytes);
  expect(Object.keys(row).length).toBeLessThanOrEqual(252);
  expect(Object.keys(row).filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))).toEqual([]);
  expect(row.rowKey.length).toBeLessThanOrEqual(512);
  // Half a character is no text that a service must take.
  expect(Object.values(row).filter((value) => typeof value === 'string' && /\p{Surrogate}/u.test(value))).toEqual([]);
});

test('the largest evidence takes few rows and is read back whole', () => {
  expect(packed.length).toBeGreaterThan(0.9 * maxEvidenceBytes);
  expect(evidenceRows.length).toBeLessThanOrEqual(3);
  const rows = evidenceRows.map((row) => ({ ...row, etag: 'e' }));
  expect(fromEvidenceRows(rows)).toEqual(unpackEvidence(packed));
});

test('a large report is read back to the letter', () => {
  expect(fromReportRow({ ...toReportRow(largeReport, 0), etag: 'e' })).toEqual(largeReport);
});

test('a report that no row can hold is refused before anything is sent', () => {
  const tooLarge = sealReport(aReportDraft({ stoppedBecause: 'x'.repeat(448_000) }), null);
  expect(() => toReportRow(tooLarge, 0)).toThrow(expect.objectContaining({ code: 'program-error' }));
});

/** Azure's formula: 4 + 2 for each character of the keys + for each property 8 + 2 for each character of its name + its value. */
function entityBytes({ partitionKey, rowKey, ...properties }: NewRow): number {
  const values = Object.entries(properties).map(([name, value]) => 8 + 2 * name.length + valueBytes(value));
  return 4 + 2 * (partitionKey.length + rowKey.length) + values.reduce((sum, bytes) => sum + bytes, 0);
}

function valueBytes(value: NewRow[string]): number {
  if (typeof value === 'string') return 4 + 2 * value.length;
  if (typeof value === 'number') return 8;
  return typeof value === 'boolean' ? 1 : 4 + value.length;
}

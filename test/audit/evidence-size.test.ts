import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { hashOfPackedEvidence, maxEvidenceBytes, packEvidence, unpackEvidence } from '../../src/audit/evidence-size';
import { evidenceHashOf } from '../../src/audit/proof/evidence-hash';
import { anExchange } from '../probe/an-exchange';
import { someEvidence } from './a-report-draft';

test('what fits is kept whole, as gzipped JSON', () => {
  const evidence = someEvidence({ exchanges: [anExchange({ message: 'Überlast 🚀', headers: { 'x-a': '東京' } })] });
  const kept = packEvidence(evidence);
  expect({ evidence: kept.evidence, truncated: kept.truncated }).toEqual({ evidence, truncated: false });
  expect(JSON.parse(gunzipSync(kept.packed).toString())).toEqual(evidence);
  expect(unpackEvidence(kept.packed)).toEqual(evidence);
});

test('what was kept is kept again unchanged', () => {
  const once = packEvidence(noisyEvidence(40), 20_000);
  expect(packEvidence(once.evidence, 20_000)).toEqual({ ...once, truncated: false });
});

test('an exchange keeps 2 KB of headers and 1 KB of body, and no half characters', () => {
  const exchange = anExchange({
    headers: { first: 'a'.repeat(2000), second: 'b'.repeat(100) },
    message: `${'x'.repeat(1022)}🚀 and so on`,
    error: { kind: 'not-json', detail: '東'.repeat(1000) },
  });
  const { evidence, truncated } = packEvidence(someEvidence({ exchanges: [exchange] }));
  expect(truncated).toBe(true);
  expect(evidence.exchanges).toEqual([
    {
      ...exchange,
      headers: { first: 'a'.repeat(2000) },
      message: 'x'.repeat(1022),
      error: { kind: 'not-json', detail: '東'.repeat(341) },
    },
  ]);
});

test('2,000 ordinary exchanges are kept whole', () => {
  const exchanges = Array.from({ length: 2000 }, (_, at) =>
    anExchange({ probe: at + 1, headers: { 'x-request-id': randomBytes(16).toString('hex'), date: `${at}` } }),
  );
  const kept = packEvidence(someEvidence({ exchanges }));
  expect([kept.truncated, kept.evidence.exchanges.length]).toEqual([false, 2000]);
  expect(kept.packed.length).toBeLessThan(maxEvidenceBytes / 10);
});

test('headers and messages go before exchanges do', () => {
  const kept = packEvidence(noisyEvidence(3000));
  expect(kept.packed.length).toBeLessThanOrEqual(maxEvidenceBytes);
  expect([kept.truncated, kept.evidence.exchanges.length]).toEqual([true, 3000]);
  expect(kept.evidence.exchanges[7]).toEqual(anExchange({ probe: 8 }));
});

test('where that is not enough, the first exchanges are kept', () => {
  const kept = packEvidence(noisyEvidence(500), 2000);
  expect(kept.packed.length).toBeLessThanOrEqual(2000);
  const probes = kept.evidence.exchanges.map(({ probe }) => probe);
  expect(probes.length).toBeGreaterThan(50);
  expect(probes).toEqual(Array.from({ length: probes.length }, (_, at) => at + 1));
});

test.each([
  ['no gzip', Buffer.from('{}')],
  ['no JSON', gzipSync('{"exchanges":')],
  ['cut off', gzipSync('{}').subarray(0, 12)],
])('stored evidence that is %s is called corrupt', (_, packed) => {
  expect(() => unpackEvidence(packed)).toThrow(expect.objectContaining({ code: 'storage-corrupt' }));
});

test('the hash of packed evidence is that of its content, in whatever order it was written', () => {
  const evidence = someEvidence();
  const hash = evidenceHashOf(evidence);
  const { packed } = packEvidence(evidence);
  const inOldOrder = gzipSync(JSON.stringify(evidence));
  expect(inOldOrder.equals(packed)).toBe(false);
  expect([hashOfPackedEvidence(packed, hash), hashOfPackedEvidence(inOldOrder, hash)]).toEqual([hash, hash]);
  expect(hashOfPackedEvidence(packEvidence(someEvidence({ ledgerSinceMs: 7 })).packed, hash)).not.toBe(hash);
});

/** Exchanges whose headers hardly compress. */
function noisyEvidence(count: number) {
  return someEvidence({
    exchanges: Array.from({ length: count }, (_, at) =>
      anExchange({ probe: at + 1, headers: { noise: randomBytes(900).toString('base64') }, message: 'busy' }),
    ),
  });
}

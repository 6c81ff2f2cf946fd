import { hash } from 'node:crypto';
import { historyTable } from '../src/adapters/storage/history-table';
import { toReportRow } from '../src/adapters/storage/report-row';
import { exportPage } from '../src/api/history-export';
import type { StoredLink } from '../src/audit/ports';
import { sealedTextOf, sealReport } from '../src/audit/proof/hash-chain';
import { verifyChain } from '../src/audit/proof/verify-chain';
import type { Report } from '../src/audit/report';
import { aReportDraft } from '../test/audit/a-report-draft';
import { type Bench, type Measure, measured, raced, rounds } from './bench';
import { pagedTable } from './paged-table';

const count = 20_000;
const firstMs = Date.UTC(2024, 0, 1);

/** How fast a history is checked and handed out once its pages are in memory: what is ours of it. */
export const verify: Bench = {
  about: 'chain verification against bare SHA-256, and exports, from pages in memory',
  run: async () => [await chain(), ...(await exports())],
};

/** Newest first, each with the text that it was read from, as `readLinks` hands them over. */
function chainOf(length: number): readonly StoredLink[] {
  const links: StoredLink[] = [];
  let head: Report | null = null;
  for (let at = 1; at <= length; at++) {
    const evidenceHash = String(at).padStart(64, 'e');
    head = sealReport(aReportDraft({ auditId: auditIdOf(at), evidenceHash }), head);
    // As a row is read: one piece of text, not the many that it was written from.
    const text = Buffer.from(sealedTextOf(head)).toString('utf8');
    links.push({
      row: `r-${length - at}`,
      report: { ...JSON.parse(text), hash: head.hash },
      text,
      evidenceHash,
      disagreement: null,
    });
  }
  return links.reverse();
}

async function chain(): Promise<Measure> {
  const links = chainOf(count);
  const newest = links[0]?.report;
  if (!newest) throw new Error('There is no chain.');
  const hashed = links.map(({ text = '' }) => Buffer.from(text));
  const mebibytes = hashed.reduce((sum, bytes) => sum + bytes.length, 0) / 2 ** 20;
  const known = { head: newest, anchor: null, witnesses: [] };
  const pairs: { own: number; peer: number }[] = [];
  for (let round = 0; round <= 2 * rounds; round++) {
    const peer = mebibytes / secondsOf(() => hashed.forEach((bytes) => void hash('sha256', bytes)));
    const startedMs = performance.now();
    const { intact } = await verifyChain('contoso', links, known);
    const own = mebibytes / ((performance.now() - startedMs) / 1000);
    if (!intact) throw new Error('The chain of the bench is broken.');
    // The first round is the compiler's.
    if (round > 0) pairs.push({ own, peer });
  }
  return raced(`chain of ${count.toLocaleString('en')} audits verified`, 'MiB/s', {
    peer: 'SHA-256 of the same bytes',
    pairs,
    goal: { atLeast: 0.5 },
  });
}

async function exports(): Promise<readonly Measure[]> {
  const rows = Array.from({ length: count }, (_, at) => {
    const sequence = count - at;
    const head = { sequence: sequence - 1, hash: 'f'.repeat(64) };
    const report = sealReport(aReportDraft({ auditId: auditIdOf(sequence) }), head);
    return { ...toReportRow(report, firstMs + sequence * 60_000), etag: '' };
  });
  const measures: Measure[] = [];
  for (const format of ['csv', 'ndjson'] as const) {
    const samples: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const startedMs = performance.now();
      const history = historyTable(pagedTable(rows));
      let [audits, continuationToken]: [number, string | null] = [0, null];
      do {
        const filter = { top: 500, ...(continuationToken !== null && { continuationToken }) };
        const page: Awaited<ReturnType<typeof history.list>> = await history.list('contoso', filter);
        exportPage(format, { audits: page.audits, isFirst: audits === 0 });
        audits += page.audits.length;
        ({ continuationToken } = page);
      } while (continuationToken !== null);
      if (audits !== count) throw new Error(`The export has ${audits} rows.`);
      if (round > 0) samples.push(count / ((performance.now() - startedMs) / 1000));
    }
    measures.push(measured(`export as ${format}`, 'rows/s', { samples, goal: { atLeast: 20_000 } }));
  }
  return measures;
}

function secondsOf(work: () => void): number {
  const startedMs = performance.now();
  work();
  return (performance.now() - startedMs) / 1000;
}

function auditIdOf(sequence: number): string {
  return `0192f0c1-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
}

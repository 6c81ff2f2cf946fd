import type { StoredLink } from '../../../src/audit/ports';
import { sealReport } from '../../../src/audit/proof/hash-chain';
import type { KnownOfChain } from '../../../src/audit/proof/verify-chain';
import type { Report, ReportDraft } from '../../../src/audit/report';
import { aReportDraft } from '../a-report-draft';

/** A customer's history as it is stored, newest first, each audit with an id and evidence of its own. */
export function aChain(length: number, parts: Partial<ReportDraft> = {}): { links: StoredLink[]; known: KnownOfChain } {
  const links: StoredLink[] = [];
  let head: Report | null = null;
  for (let at = 1; at <= length; at++) {
    const auditId = `0192f0c1-0000-7000-8000-${String(at).padStart(12, '0')}`;
    const evidenceHash = String(at).padStart(64, 'e');
    head = sealReport(aReportDraft({ auditId, evidenceHash, ...parts }), head);
    links.unshift({ row: `r-${length - at}`, report: head, evidenceHash, disagreement: null });
  }
  return {
    links,
    known: { head: head && { sequence: head.sequence, hash: head.hash }, anchor: null, witnesses: [] },
  };
}

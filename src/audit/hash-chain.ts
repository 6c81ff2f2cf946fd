import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Report, ReportDraft } from './report';

/** The last link of a customer's chain. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** `previousHash` of a customer's first report: 64 zeros, which no SHA-256 is known to give. */
export const genesisHash = '0'.repeat(64);

/**
 * Gives a report its place in its customer's chain: the sequence after the head's (the first is 1), the head's hash as
 * `previousHash`, and its own hash.
 */
export function sealReport(draft: ReportDraft, head: ChainHead | null): Report {
  const placed = {
    ...draft,
    sequence: (head?.sequence ?? 0) + 1,
    previousHash: head?.hash ?? genesisHash,
  };
  return { ...placed, hash: sha256OfJson(placed) };
}

/** SHA-256 (hex) over the RFC 8785 JSON of the report without `hash`: what `hash` must be. */
export function hashOfReport(report: Report): string {
  const { hash: _, ...rest } = report;
  return sha256OfJson(rest);
}

/** Whether a stored report is this draft with a place in the chain: the same content, whoever saved it. */
export function isSealOf(report: Report, draft: ReportDraft): boolean {
  return sealReport(draft, headBefore(report)).hash === report.hash;
}

function headBefore(report: Report): ChainHead {
  return { sequence: report.sequence - 1, hash: report.previousHash };
}

function sha256OfJson(value: object): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex');
}

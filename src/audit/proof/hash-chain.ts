import type { Report, ReportDraft } from '../report';
import { canonicalJson, sha256Of } from './canonical-json';

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
  return { ...placed, hash: sha256Of(canonicalJson(placed)) };
}

/** SHA-256 (hex) over the RFC 8785 JSON of the report without `hash`: what `hash` must be. */
export function hashOfReport(report: Report): string {
  return sha256Of(sealedTextOf(report));
}

/**
 * The same for a report whose stored text is at hand: reports are stored as the RFC 8785 JSON that their hash is made
 * from. Then nothing is written out anew, which takes ten times as long as the hash itself. A text that gives the
 * report's own hash is the one that was sealed; any other (an earlier version wrote them in another order) is no proof,
 * and the report decides.
 */
export function hashOfStored({ report, text }: { readonly report: Report; readonly text?: string }): string {
  // A lone surrogate is hashed like the character that stands for unreadable ones.
  const isProof = text?.isWellFormed() && sha256Of(text) === report.hash;
  return isProof ? report.hash : hashOfReport(report);
}

/** The text that a report's hash is made from: all of it but the hash. */
export function sealedTextOf({ hash: _, ...sealed }: Report): string {
  return canonicalJson(sealed);
}

/** Whether a stored report is this draft with a place in the chain: the same content, whoever saved it. */
export function isSealOf(report: Report, draft: ReportDraft): boolean {
  return sealReport(draft, headBefore(report)).hash === report.hash;
}

function headBefore(report: Report): ChainHead {
  return { sequence: report.sequence - 1, hash: report.previousHash };
}

import type { StoredEvidence } from '../ports';
import { canonicalJson, sha256Of } from './canonical-json';

/** SHA-256 (hex) over the RFC 8785 JSON of what is stored with a report. */
export function evidenceHashOf(evidence: StoredEvidence): string {
  return sha256Of(canonicalJson(evidence));
}

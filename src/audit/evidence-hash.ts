import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { StoredEvidence } from './ports';

/** SHA-256 (hex) over the RFC 8785 JSON of what is stored with a report. */
export function evidenceHashOf(evidence: StoredEvidence): string {
  return createHash('sha256')
    .update(canonicalize(evidence) ?? '')
    .digest('hex');
}

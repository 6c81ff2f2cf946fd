import type { ChainHead } from './hash-chain';
import type { PublicKey } from './public-keys';
import { type Signed, type SigningKey, signatureTrouble, signContent } from './signature';

/** What a purge left of the audits that it took away: the last of them. */
export interface AnchorContent extends ChainHead {
  readonly format: 'gateway-audit-anchor/1';
  readonly customerId: string;
  /** ISO 8601 UTC. */
  readonly purgedAt: string;
  /** Audits that ended before it were purged; ISO 8601 UTC. */
  readonly purgedBefore: string;
}

/** Signed where a signing key is configured. */
export type Anchor = AnchorContent | Signed<AnchorContent>;

export async function makeAnchor(content: AnchorContent, key: SigningKey | null): Promise<Anchor> {
  return key === null ? content : signContent(content, key);
}

export function isSigned(anchor: Anchor): anchor is Signed<AnchorContent> {
  return 'signature' in anchor;
}

/** Why an anchor is not to be believed; null where it is. Without any key (no signing is configured) each is believed. */
export function anchorTrouble(anchor: Anchor, customerId: string, keys: readonly PublicKey[]): string | null {
  if (anchor.customerId !== customerId) return `the anchor of a purge is that of customer ${anchor.customerId}`;
  if (keys.length === 0) return null;
  if (!isSigned(anchor)) return 'the anchor of a purge is not signed: no purge with the signing key left it';
  const trouble = signatureTrouble(anchor, keys);
  return trouble === null ? null : `the anchor of a purge is not to be believed: ${trouble}`;
}

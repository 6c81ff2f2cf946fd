import type { Integrity } from '../../audit/proof/verify-chain';
import { type Html, html } from './html';

/** What is known of the history's integrity, and how anybody can check it. */
export function packIntegrity(integrity: Integrity, customerId: string): Html {
  const { audits, head } = integrity;
  const statement = integrity.intact
    ? html`<p><span class="badge pass">✓ intact</span> When this report was made, all ${audits} stored audits of ${customerId} were read and each was found to be what was once saved.</p>`
    : html`<p><span class="badge fail">✕ broken</span> When this report was made, audit ${integrity.firstBroken.sequence} of ${customerId} was not what was once saved: ${integrity.firstBroken.because}.</p>`;
  const chainHead =
    head === null
      ? html`<p>The history is empty.</p>`
      : html`<p>The chain’s head is audit ${head.sequence} with the hash <code>${head.hash}</code>. Whoever keeps this page holds a witness: a history that is changed later no longer leads to this hash.</p>`;
  return html`<h2>Integrity</h2>
${statement}${chainHead}${signedDigest(integrity)}
<p>Each report holds the hash of the one before it, so none can be changed, put in or taken out unnoticed. To verify it yourself:</p>
<pre><code>gateway-audit verify ${customerId}${integrity.digest ? ' --digests --public-key FILE' : ''}</code></pre>
<p>Or without our program: export the history as NDJSON. The hash of a report is the SHA-256, in hexadecimal, of its JSON in canonical form (RFC 8785) without the member <code>hash</code>; <code>previousHash</code> is the <code>hash</code> of the report whose <code>sequence</code> is one less, 64 zeros for the first; where older ones were purged, the oldest names the last of them, whose hash the anchor holds. <code>evidenceHash</code> covers the stored exchanges.</p>`;
}

/** Null where the service signs no digests. */
function signedDigest({ digest }: Integrity): Html | null {
  if (digest === undefined) return null;
  if (digest === null) return html`<p>No digest has been signed yet: the first one is made within an hour.</p>`;
  const { number, at, name, hash, keyId } = digest;
  return keyId === null
    ? html`<p>The last digest, number ${number} of ${at} (<code>${name}</code>), is not what was signed.</p>`
    : html`<p>Once an hour the heads of all chains are signed. The last digest is number ${number} of ${at} (<code>${name}</code>, SHA-256 <code>${hash}</code>), signed with the key <code>${keyId}</code>: the SHA-256, in hexadecimal, of the public key in DER form. Get that key from whoever runs the service, not from this page.</p>`;
}

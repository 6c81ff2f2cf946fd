import { gunzipSync, gzipSync } from 'node:zlib';
import { AuditorError } from '../auditor-error';
import type { Exchange } from '../probe/exchange';
import type { StoredEvidence } from './ports';
import { canonicalJson, sha256Of } from './proof/canonical-json';
import { evidenceHashOf } from './proof/evidence-hash';

/** What an exchange keeps of an answer, and what an audit keeps of its exchanges; bytes, the last one compressed. */
export const maxHeaderBytes = 2048;
export const maxBodyBytes = 1024;
export const maxEvidenceBytes = 2.5 * 1024 * 1024;

/** No evidence of ours unpacks to more; what does is not ours. Bytes. */
const maxUnpackedBytes = 256 * 1024 * 1024;

export interface PackedEvidence {
  /** What is kept. */
  readonly evidence: StoredEvidence;
  /** The same as gzipped JSON. */
  readonly packed: Uint8Array;
  readonly truncated: boolean;
}

/**
 * Evidence as it is stored: gzipped JSON of at most `maxBytes`. What an answer said beyond its limits is cut off; where
 * that is not enough all headers and messages go, then the last exchanges and the oldest charges. `truncated` says
 * that something went: such evidence may not be judged again.
 *
 * gzip and not brotli: any tool opens it, now and in ten years, and it is fast enough to be left synchronous (some 40 ms
 * for 2,000 exchanges); brotli would save a fifth.
 */
export function packEvidence(evidence: StoredEvidence, maxBytes: number = maxEvidenceBytes): PackedEvidence {
  const capped = { ...evidence, exchanges: evidence.exchanges.map(capExchange) };
  const wasCapped = capped.exchanges.some((exchange, at) => exchange !== evidence.exchanges[at]);
  const packed = pack(capped);
  if (packed.length <= maxBytes) return { evidence: capped, packed, truncated: wasCapped };
  return shrink({ ...capped, exchanges: capped.exchanges.map(withoutText) }, maxBytes);
}

/** Reverses `packEvidence`. Throws `storage-corrupt` for anything else. */
export function unpackEvidence(packed: Uint8Array): StoredEvidence {
  const text = unzip(packed);
  try {
    // Only packEvidence makes what is unpacked here.
    return JSON.parse(text.toString('utf8')) as StoredEvidence;
  } catch (cause) {
    throw notOurs(cause);
  }
}

/**
 * The hash of stored evidence, held against the one that a report names: of the text as it is stored, where that gives
 * the named hash, else of its content, which an earlier version wrote in another order. Throws like `unpackEvidence`.
 */
export function hashOfPackedEvidence(packed: Uint8Array, named: string): string {
  return sha256Of(unzip(packed)) === named ? named : evidenceHashOf(unpackEvidence(packed));
}

function unzip(packed: Uint8Array): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: maxUnpackedBytes });
  } catch (cause) {
    throw notOurs(cause);
  }
}

function notOurs(cause: unknown): AuditorError {
  return new AuditorError('storage-corrupt', 'Cannot unpack stored evidence: it is not gzipped JSON', { cause });
}

function pack(evidence: StoredEvidence): Uint8Array {
  // The text that the evidence's hash is made from, so that who verifies it need not write it out anew.
  return gzipSync(canonicalJson(evidence));
}

function shrink(evidence: StoredEvidence, maxBytes: number): PackedEvidence {
  let kept = evidence;
  let packed = pack(kept);
  while (packed.length > maxBytes && kept.exchanges.length + kept.priorCharges.length > 0) {
    const share = 0.95 * (maxBytes / packed.length);
    kept = {
      ...kept,
      exchanges: kept.exchanges.slice(0, Math.floor(kept.exchanges.length * share)),
      priorCharges: kept.priorCharges.slice(Math.ceil(kept.priorCharges.length * (1 - share))),
    };
    packed = pack(kept);
  }
  return { evidence: kept, packed, truncated: true };
}

function capExchange(exchange: Exchange): Exchange {
  const headers = capHeaders(exchange.headers);
  const message = exchange.message === null ? null : capText(exchange.message, maxBodyBytes);
  const error =
    exchange.error === null ? null : { ...exchange.error, detail: capText(exchange.error.detail, maxBodyBytes) };
  const isWhole =
    headers === exchange.headers && message === exchange.message && error?.detail === exchange.error?.detail;
  return isWhole ? exchange : { ...exchange, headers, message, error };
}

/** The first headers that fit; names, values and two bytes for each pair. */
function capHeaders(headers: Exchange['headers']): Exchange['headers'] {
  let bytes = 0;
  const pairs = Object.entries(headers);
  const fitting = pairs.filter(([name, value]) => {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
    return bytes <= maxHeaderBytes;
  });
  return fitting.length === pairs.length ? headers : Object.fromEntries(fitting);
}

/** The longest beginning of at most `maxBytes` UTF-8 bytes that cuts no character in two. */
function capText(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

function withoutText(exchange: Exchange): Exchange {
  return { ...exchange, headers: {}, message: null };
}

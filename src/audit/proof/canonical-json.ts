import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** A value as RFC 8785 JSON: one text for one content, whoever writes it. */
export function canonicalJson(value: object): string {
  return canonicalize(value) ?? '';
}

/** Hex, of the text's UTF-8 bytes. */
export function sha256Of(text: string | Uint8Array): string {
  return hash('sha256', text);
}

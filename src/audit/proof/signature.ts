import { verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { PublicKey, SignatureAlgorithm } from './public-keys';

/** What signs, and whose signatures are believed. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  /** The key itself, and those that signed before it. */
  readonly trusted: readonly PublicKey[];
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Something with the signature of its RFC 8785 JSON, all of it but the signature itself. */
export type Signed<Content> = Content & {
  readonly key: { readonly algorithm: SignatureAlgorithm; readonly id: string };
  /** base64url; for ES256 the two numbers one after the other (RFC 7518). */
  readonly signature: string;
};

export async function signContent<Content extends object>(
  content: Content,
  { publicKey: { algorithm, id }, sign }: SigningKey,
): Promise<Signed<Content>> {
  const named = { ...content, key: { algorithm, id } };
  return { ...named, signature: Buffer.from(await sign(bytesOf(named))).toString('base64url') };
}

/** Why the signature is not to be believed; null: one of the keys made it. */
export function signatureTrouble(signed: Signed<object>, keys: readonly PublicKey[]): string | null {
  const { signature, ...named } = signed;
  const key = keys.find(({ id }) => id === named.key.id);
  if (key === undefined)
    return `it is signed with the key ${shortId(named.key.id)}, which is none of those that are trusted`;
  if (key.algorithm !== named.key.algorithm)
    return `it names ${named.key.algorithm} for a key that is ${key.algorithm}`;
  return isSignedBy(key, bytesOf(named), Buffer.from(signature, 'base64url'))
    ? null
    : 'its signature is not the one of its content: it was changed';
}

/** Enough of a key's or a digest's hash to tell it from others. */
export function shortId(id: string): string {
  return id.slice(0, 16);
}

function isSignedBy({ algorithm, key }: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  switch (algorithm) {
    case 'Ed25519':
      return verify(null, bytes, key, signature);
    case 'ES256':
      return verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
    default:
      return algorithm satisfies never;
  }
}

function bytesOf(value: object): Uint8Array {
  return Buffer.from(canonicalize(value) ?? '');
}

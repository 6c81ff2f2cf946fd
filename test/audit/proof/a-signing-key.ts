import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { publicKeysIn } from '../../../src/audit/proof/public-keys';
import type { SigningKey } from '../../../src/audit/proof/signature';

/** Made for these tests with openssl; they sign nothing else. */
export const ed25519Pem = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEID/vqILbkxOCujRtlH9l2/2koyHDuvTxfhxVbo57m+SD
-----END PRIVATE KEY-----`;
export const otherEd25519Pem = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIKR+DfCUqzrO/kbvp9q2DtP6h1UZyFXCnBhYhPd9u274
-----END PRIVATE KEY-----`;
export const p256Pem = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYmT6kMj33uxg/s8j
74CxNlJNP/bOnV0KRpHt9wAyR+ShRANCAAQgcEXrAmfDQloZN6KaSA1IkJ4cHJB2
W9lQdiQFSSiVJ0z6pgoDF5ZKb+goNeohqO/jflVfzLY3Ezk/Tn1K4xyb
-----END PRIVATE KEY-----`;

/** A key that signs in this process; `trusted` besides it are those of further PEM texts. */
export function aSigningKey(pem: string = ed25519Pem, ...earlierPems: readonly string[]): SigningKey {
  const [publicKey, ...earlier] = [pem, ...earlierPems].flatMap((text) => publicKeysIn(text, 'a test'));
  if (publicKey === undefined) throw new Error('This test gives no key');
  const privateKey = createPrivateKey(pem);
  return { publicKey, trusted: [publicKey, ...earlier], sign: async (bytes) => signed(bytes, privateKey) };
}

function signed(bytes: Uint8Array, key: KeyObject): Uint8Array {
  return key.asymmetricKeyType === 'ed25519'
    ? sign(null, bytes, key)
    : sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' });
}

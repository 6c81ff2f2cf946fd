import { createPublicKey, sign } from 'node:crypto';
import { privateKeyIn, publicKeysIn, toPublicKey } from '../../audit/proof/public-keys';
import type { SigningKey } from '../../audit/proof/signature';
import { AuditorError } from '../../auditor-error';
import { isVaultKeyAddress, openVaultKey } from './vault-key';

const settingName = 'AUDIT_SIGNING_KEY';

/**
 * The key that signs digests and anchors, from the text of the setting: the address of a key in Key Vault, or PEM with
 * one private key (PKCS#8; Ed25519, or P-256) and, where there were others before it, their public keys. Throws
 * `config-invalid`, naming the setting and never what it holds.
 */
export async function openSigningKey(text: string): Promise<SigningKey> {
  const trimmed = text.trim();
  if (isVaultKeyAddress(trimmed)) return openVaultKey(trimmed);
  const privateKey = privateKeyIn(text, settingName);
  if (privateKey === null) {
    throw new AuditorError(
      'config-invalid',
      `Cannot sign with ${settingName}: it holds public keys only. Put the PRIVATE KEY block (PKCS#8) before them.`,
    );
  }
  const publicKey = toPublicKey(createPublicKey(privateKey), settingName);
  return {
    publicKey,
    trusted: publicKeysIn(text, settingName),
    sign: async (bytes) =>
      publicKey.algorithm === 'Ed25519'
        ? sign(null, bytes, privateKey)
        : sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}

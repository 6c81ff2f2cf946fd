import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { AuditorError } from '../../auditor-error';

/** Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256 (RFC 7518): what Azure Key Vault can do, which has no Ed25519. */
export type SignatureAlgorithm = 'Ed25519' | 'ES256';

export interface PublicKey {
  /** SHA-256 (hex) of the key's DER form (SubjectPublicKeyInfo). */
  readonly id: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: KeyObject;
  /** Where it was given: a setting, a file, a vault. */
  readonly from: string;
}

/** Throws `config-invalid` for a key that signs nothing here. */
export function toPublicKey(key: KeyObject, from: string): PublicKey {
  const id = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return { id, algorithm: algorithmOf(key, from), key, from };
}

/**
 * All keys of a PEM text: PUBLIC KEY blocks, and the public halves of PRIVATE KEY (PKCS#8) blocks. Throws
 * `config-invalid`, naming `from` and nothing of the text, where there is none or one cannot be read.
 */
export function publicKeysIn(text: string, from: string): readonly PublicKey[] {
  return pemBlocksIn(text, from).map(({ label, der }) =>
    readKey(from, () =>
      label === 'PUBLIC KEY'
        ? toPublicKey(createPublicKey({ key: der, format: 'der', type: 'spki' }), from)
        : toPublicKey(createPublicKey(privateKeyOf(der)), from),
    ),
  );
}

/** The one private key of a PEM text; null: it holds public keys only. Throws as `publicKeysIn` does. */
export function privateKeyIn(text: string, from: string): KeyObject | null {
  const blocks = pemBlocksIn(text, from).filter(({ label }) => label === 'PRIVATE KEY');
  if (blocks.length > 1) {
    throw unreadable(from, 'it holds several private keys: keep the one that signs, and the others as PUBLIC KEY');
  }
  const [block] = blocks;
  return block === undefined ? null : readKey(from, () => privateKeyOf(block.der));
}

interface PemBlock {
  readonly label: 'PUBLIC KEY' | 'PRIVATE KEY';
  readonly der: Buffer;
}

/** A setting often loses its line ends, or gets them as backslash and n: only the blocks' letters count. */
function pemBlocksIn(text: string, from: string): readonly PemBlock[] {
  const found = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)];
  if (found.length === 0) throw unreadable(from, 'it holds no PEM block (-----BEGIN …)');
  return found.map(([, label = '', body = '']) => {
    if (label !== 'PUBLIC KEY' && label !== 'PRIVATE KEY') {
      throw unreadable(from, `it holds a ${label}: write keys as PRIVATE KEY (PKCS#8, not encrypted) or PUBLIC KEY`);
    }
    return { label, der: Buffer.from(body.replace(/\\[rn]|\s/g, ''), 'base64') };
  });
}

function privateKeyOf(der: Buffer): KeyObject {
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function readKey<Key>(from: string, read: () => Key): Key {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuditorError) throw error;
    // The library's own error goes no further: it may repeat what it could not read.
    throw unreadable(from, 'a PEM block of it is no key');
  }
}

function algorithmOf(key: KeyObject, from: string): SignatureAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw unreadable(from, 'a key of it is neither Ed25519 nor on the curve P-256');
}

function unreadable(from: string, because: string): AuditorError {
  return new AuditorError(
    'config-invalid',
    `Cannot read the keys in ${from}: ${because}. Make one with "openssl genpkey -algorithm ed25519".`,
  );
}

import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import type { CryptographyClientOptions, JsonWebKey as VaultJsonWebKey } from '@azure/keyvault-keys';
import { type PublicKey, toPublicKey } from '../../audit/proof/public-keys';
import type { SigningKey } from '../../audit/proof/signature';
import { AuditorError } from '../../auditor-error';
import { type AppCredential, openAppCredential } from '../app-credential';

/** How a test reaches a vault of its own. */
export interface VaultReach {
  readonly credential?: TokenCredential;
  readonly options?: CryptographyClientOptions;
}

/** `https://<vault>.vault.azure.net/keys/<name>`, with or without a version, in whichever cloud. */
export function isVaultKeyAddress(text: string): boolean {
  return /^https:\/\/[^/?#@\s]+\/keys\/[0-9A-Za-z-]+(\/[0-9a-f]+)?\/?$/i.test(text);
}

/**
 * A key that never leaves Key Vault. Vaults sign with RSA and NIST curves and know no Ed25519, so it is ES256 on P-256.
 * Earlier versions of the key are trusted too, so that it can be rotated. Needs the role Key Vault Crypto User; the SDK
 * is loaded here. Throws `config-invalid` for a key of another kind, `setting-missing` where the vault refuses.
 */
export async function openVaultKey(address: string, reach: VaultReach = {}): Promise<SigningKey> {
  const { origin, pathname } = new URL(address);
  const [, , name = '', version] = pathname.split('/');
  const { CryptographyClient, KeyClient } = await import('@azure/keyvault-keys');
  const identity = openAppCredential();
  const credential = reach.credential ?? identity;
  const client = new KeyClient(origin, credential, reach.options);
  const vault = { address, identity };
  return asked(vault, async () => {
    const current = await client.getKey(name, version ? { version } : {});
    const publicKey = toVaultPublicKey(current.key, address);
    const signer = new CryptographyClient(current, credential, reach.options);
    const trusted: PublicKey[] = [publicKey];
    for await (const other of client.listPropertiesOfKeyVersions(name)) {
      if (other.version === undefined || other.version === current.properties.version) continue;
      const { key } = await client.getKey(name, { version: other.version });
      // A version of another kind has signed nothing here.
      if (key?.crv === 'P-256') trusted.push(toVaultPublicKey(key, address));
    }
    return {
      publicKey,
      trusted,
      sign: (bytes) => asked(vault, async () => (await signer.signData('ES256', bytes)).result),
    };
  });
}

function toVaultPublicKey(key: VaultJsonWebKey | undefined, address: string): PublicKey {
  const { crv, x, y } = key ?? {};
  if (crv !== 'P-256' || x === undefined || y === undefined) {
    throw new AuditorError(
      'config-invalid',
      `Cannot sign with the key of AUDIT_SIGNING_KEY: ${address} is no elliptic curve key on P-256. Make one with "az keyvault key create --kty EC --curve P-256".`,
    );
  }
  const jwk: JsonWebKey = { kty: 'EC', crv, x: toText(x), y: toText(y) };
  return toPublicKey(createPublicKey({ key: jwk, format: 'jwk' }), address);
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

interface AskedVault {
  readonly address: string;
  readonly identity: Pick<AppCredential, 'shownIdentity'>;
}

async function asked<Answer>({ address, identity }: AskedVault, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof AuditorError) throw cause;
    throw new AuditorError(
      'setting-missing',
      `Cannot sign with the key of AUDIT_SIGNING_KEY, ${address}: the vault did not let ${identity.shownIdentity()} (${(cause as Error).name}). Check the address, and give it the role Key Vault Crypto User.`,
      { cause },
    );
  }
}

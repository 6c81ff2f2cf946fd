import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The signing key given, else the one kept in `path` (PEM); where there is none it is made, for its owner's eyes only. */
export function readSigningKey(given: string | undefined, path: string): string {
  if (given?.trim()) return given;
  if (existsSync(path)) return readFileSync(path, 'utf8');
  mkdirSync(dirname(path), { recursive: true });
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(path, pem, { mode: 0o600 });
  return pem;
}

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSigningKey } from '../../local/signing-key';
import { openSigningKey } from '../../src/adapters/signing/signing-key';

test('a signing key is made once, kept for its owner only, and signs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-key-'));
  const path = join(folder, '.data', 'signing-key.pem');
  const made = readSigningKey(undefined, path);
  expect(readSigningKey(' ', path)).toBe(made);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await openSigningKey(made)).publicKey.algorithm).toBe('Ed25519');
  expect(readSigningKey('given', path)).toBe('given');
  rmSync(folder, { recursive: true });
});

import { openSigningKey } from '../../../src/adapters/signing/signing-key';
import { publicKeysIn } from '../../../src/audit/proof/public-keys';
import { signatureTrouble, signContent } from '../../../src/audit/proof/signature';
import { ed25519Pem, otherEd25519Pem, p256Pem } from '../../audit/proof/a-signing-key';

const publicPem = (pem: string) =>
  publicKeysIn(pem, 'a test')
    .map(({ key }) => String(key.export({ type: 'spki', format: 'pem' })))
    .join('');

test.each([
  ['Ed25519', ed25519Pem],
  ['ES256', p256Pem],
  ['Ed25519', ed25519Pem.replaceAll('\n', '\\n')],
  ['Ed25519', ed25519Pem.replaceAll('\n', ' ')],
  ['Ed25519', `\r\n${ed25519Pem.replaceAll('\n', '\r\n')}\r\n`],
])('signs with %s so that the public key alone tells', async (algorithm, text) => {
  const key = await openSigningKey(text);
  const signed = await signContent({ what: 'said' }, key);
  const [publicKey, ...others] = publicKeysIn(publicPem(text), 'a file');
  expect([key.publicKey.algorithm, publicKey?.id, others]).toEqual([algorithm, key.publicKey.id, []]);
  expect(signatureTrouble(signed, publicKey ? [publicKey] : [])).toBeNull();
  expect(signatureTrouble({ ...signed, what: 'else' } as typeof signed, key.trusted)).toMatch(/it was changed/);
});

test('public keys of earlier ones stand after the private key, and are trusted', async () => {
  const key = await openSigningKey(`${ed25519Pem}\n${publicPem(p256Pem)}${publicPem(otherEd25519Pem)}`);
  expect(key.trusted.map(({ algorithm }) => algorithm)).toEqual(['Ed25519', 'ES256', 'Ed25519']);
  expect(key.trusted[0]?.id).toBe(key.publicKey.id);
});

const secret = 'MC4CAQAwBQYDK2VwBCIEI';

test.each([
  ['no PEM', secret, 'it holds no PEM block'],
  ['a block that is no key', `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`, 'is no key'],
  [
    'an encrypted key',
    `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${secret}\n-----END ENCRYPTED PRIVATE KEY-----`,
    'PKCS#8',
  ],
  ['an RSA key of old', `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`, 'PKCS#8'],
  ['public keys only', publicPem(ed25519Pem), 'it holds public keys only'],
  ['two private keys', `${ed25519Pem}\n${otherEd25519Pem}`, 'several private keys'],
])('%s is told, with the setting and nothing of what it holds', async (_, text, because) => {
  const told = await openSigningKey(text).catch((error: unknown) => error);
  expect(told).toMatchObject({ code: 'config-invalid', message: expect.stringContaining(because) });
  expect(String((told as Error).message)).toContain('AUDIT_SIGNING_KEY');
  expect(String((told as Error).message)).not.toContain(secret);
});

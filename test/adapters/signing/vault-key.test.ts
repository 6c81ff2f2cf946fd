import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { isVaultKeyAddress, openVaultKey } from '../../../src/adapters/signing/vault-key';
import { type SigningKey, signatureTrouble, signContent } from '../../../src/audit/proof/signature';
import { p256Pem } from '../../audit/proof/a-signing-key';

const address = 'https://contoso.vault.azure.net/keys/digests';
const [newer, older] = ['a'.repeat(32), 'b'.repeat(32)] as const;

/** Versions of one key, the newest first. */
type VaultKeys = Readonly<Record<string, KeyObject>>;

/** A vault that answers as Key Vault's REST API does, behind the real SDK. */
function aVault(keys: VaultKeys, status = 200) {
  const asked: string[] = [];
  /** By SHA-256: node signs texts, a vault their hashes. */
  const texts = new Map<string, Uint8Array>();

  function answerTo({ url, body }: PipelineRequest): object {
    const [, , , version = '', verb] = new URL(url).pathname.split('/');
    if (version === 'versions') {
      return { value: Object.keys(keys).map((one) => ({ kid: `${address}/${one}`, attributes: { enabled: true } })) };
    }
    const found = version || Object.keys(keys)[0] || '';
    const key = keys[found];
    if (key === undefined) throw new Error(`This test has no key ${found}`);
    if (verb !== 'sign') {
      return { key: { ...createPublicKey(key).export({ format: 'jwk' }), kid: `${address}/${found}` }, attributes: {} };
    }
    const { alg, value } = JSON.parse(String(body)) as { readonly alg: string; readonly value: string };
    const text = texts.get(value);
    if (alg !== 'ES256' || text === undefined) throw new Error('This test expects the SHA-256 of what is signed.');
    const signature = sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' });
    return { kid: `${address}/${found}`, value: signature.toString('base64url') };
  }

  const httpClient: HttpClient = {
    async sendRequest(request) {
      const isKnown = request.headers.get('authorization') !== undefined;
      if (isKnown) asked.push(`${request.method} ${new URL(request.url).pathname}`);
      const challenge =
        'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"';
      const headers = createHttpHeaders({
        'content-type': 'application/json',
        ...(!isKnown && { 'www-authenticate': challenge }),
      });
      const bodyAsText = JSON.stringify(isKnown && status === 200 ? answerTo(request) : {});
      return { request, headers, status: isKnown ? status : 401, bodyAsText };
    },
  };
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: 9e12 }) };
  const open = (at: string) => openVaultKey(at, { credential, options: { httpClient } });
  const signWith = (key: SigningKey) =>
    signContent(
      { what: 'said' },
      {
        ...key,
        sign(bytes) {
          texts.set(createHash('sha256').update(bytes).digest('base64url'), bytes);
          return key.sign(bytes);
        },
      },
    );
  return { asked, open, signWith };
}

const aKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

test.each([
  [address, true],
  [`${address}/${newer}`, true],
  ['https://contoso.managedhsm.azure.net/keys/digests/', true],
  ['https://contoso.vault.azure.net/secrets/digests', false],
  ['http://contoso.vault.azure.net/keys/digests', false],
  [p256Pem, false],
])('whether %s is a key in a vault', (text, isOne) => {
  expect(isVaultKeyAddress(text)).toBe(isOne);
});

test('a key in a vault signs there, and its earlier versions are trusted', async () => {
  const keys = { [newer]: createPrivateKey(p256Pem), [older]: aKey() };
  const { asked, open, signWith } = aVault(keys);
  const key = await open(address);
  const signed = await signWith(key);
  expect(signed.key).toEqual({ algorithm: 'ES256', id: key.publicKey.id });
  expect(signatureTrouble(signed, key.trusted)).toBeNull();
  expect(asked).toEqual([
    'GET /keys/digests/',
    'GET /keys/digests/versions',
    `GET /keys/digests/${older}`,
    `POST /keys/digests/${newer}/sign`,
  ]);
  const before = await open(`${address}/${older}`);
  expect(signatureTrouble(await signWith(before), key.trusted)).toBeNull();
});

test('a key of another kind is told, and which one to make', async () => {
  const keys = { [newer]: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey };
  await expect(aVault(keys).open(address)).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('--curve P-256'),
  });
});

test('a vault that refuses is told, with the role that it takes', async () => {
  await expect(aVault({ [newer]: aKey() }, 403).open(address)).rejects.toMatchObject({
    code: 'setting-missing',
    message: expect.stringMatching(/AUDIT_SIGNING_KEY.*Key Vault Crypto User/),
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DigestProof, VerifyOrder } from '../../src/app/proving';
import type { Integrity } from '../../src/audit/proof/verify-chain';
import { aConfigFile, parsed } from '../a-config';
import { aSigningKey } from '../audit/proof/a-signing-key';
import { anAppWith, outputOf } from './command-output';

const plain = (text: string) => text.split('\n').map((line) => line.replace(/ +/g, ' '));
const config = parsed(aConfigFile());
const intact: Integrity = { intact: true, audits: 2, head: { sequence: 2, hash: 'abc' } };
const broken: Integrity = {
  intact: false,
  audits: 3,
  head: { sequence: 3, hash: 'def' },
  firstBroken: { sequence: 2, auditId: 'a2', row: 'r-1', because: 'its evidence was changed' },
};

const proof: DigestProof = {
  digests: {
    ...{ intact: true, digests: 14, missedHours: 2 },
    last: { name: 'digest-00000014.json', number: 14, to: '2026-11-22T14:00:03.000Z', hash: 'f00' },
  },
  customers: [{ customerId: 'contoso', ...intact }],
  container: 'audit-digests',
  isContainerImmutable: true,
  lastAgeMs: 1_800_000,
  keys: [{ id: '1a2b'.repeat(16), algorithm: 'Ed25519', from: 'AUDIT_SIGNING_KEY' }],
};

function proving(parts: Partial<DigestProof>, orders: VerifyOrder[] = []) {
  return anAppWith({
    config,
    async verifyDigests(order) {
      orders.push(order);
      return { ...proof, ...parts };
    },
  });
}

test('verify --digests says what the digests cover, whose key is believed, and what cannot be seen', async () => {
  const orders: VerifyOrder[] = [];
  const { exitCode, stdout } = await outputOf(['verify', '--digests'], { app: proving({}, orders) });
  expect(orders).toMatchObject([{ customerId: null, publicKeys: null }]);
  expect({ exitCode, lines: plain(stdout).slice(-6) }).toEqual({
    exitCode: 0,
    lines: [
      expect.stringMatching(/^└/),
      'digests 14 in the container audit-digests: intact',
      'signed by Ed25519 1a2b1a2b1a2b1a2b (from AUDIT_SIGNING_KEY); whoever holds the private key can sign another history',
      'missed 2 hours: the service did not run, and the digests after them say so',
      "covered up to 2026-11-22T14:00:03.000Z (number 14); records newer than that could be cut off together with the chain's head and the table of limits, and it would not be seen",
      '',
    ],
  });
});

test.each<[string, Partial<DigestProof>, number, string]>([
  [
    'a broken digest',
    {
      digests: {
        ...proof.digests,
        intact: false,
        firstBroken: { name: 'digest-00000003.json', because: 'it is gone' },
      },
    },
    1,
    'BROKEN. digest-00000003.json: it is gone',
  ],
  ['a broken history', { customers: [{ customerId: 'contoso', ...broken }] }, 1, 'number 2, audit a2: its evidence'],
  [
    'no digest yet',
    { digests: { intact: true, digests: 0, missedHours: 0, last: null }, lastAgeMs: null },
    2,
    'covered nothing: no digest is there yet',
  ],
  ['a container that is not protected', { isContainerImmutable: false }, 0, 'container without an immutability policy'],
  ['digests that stopped', { lastAgeMs: 30 * 3_600_000 }, 0, '(number 14, 30 hours ago: none has been written since)'],
])('verify --digests tells %s', async (_, parts, code, told) => {
  const { exitCode, stdout } = await outputOf(['verify', '--digests'], { app: proving(parts) });
  expect([exitCode, plain(stdout).join('\n')]).toEqual([code, expect.stringContaining(told)]);
});

test('verify --digests --json is one object', async () => {
  const { exitCode, stdout } = await outputOf(['verify', 'contoso', '--digests', '--json'], { app: proving({}) });
  const { container, isContainerImmutable, keys, customers, digests } = proof;
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    { digests: { ...digests, container, isContainerImmutable, lastAgeSeconds: 1800, keys }, customers },
  ]);
});

test('verify --digests believes the public keys in the files that are named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-verify-'));
  const { publicKey } = aSigningKey();
  writeFileSync(join(folder, 'key.pem'), publicKey.key.export({ type: 'spki', format: 'pem' }));
  const orders: VerifyOrder[] = [];
  const args = ['verify', '--digests', '--public-key', 'key.pem'];
  expect((await outputOf(args, { app: proving({}, orders), folder })).exitCode).toBe(0);
  expect(orders[0]?.publicKeys?.map(({ id, from }) => [id, from])).toEqual([[publicKey.id, 'key.pem']]);
  expect(await outputOf([...args, '--public-key', 'none.pem'], { app: proving({}), folder })).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('Cannot read the public key none.pem'),
  });
  rmSync(folder, { recursive: true });
});

test('a public key without --digests is told to be of no use', async () => {
  expect(await outputOf(['verify', '--public-key', 'key.pem'], { app: proving({}) })).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('add --digests'),
  });
});

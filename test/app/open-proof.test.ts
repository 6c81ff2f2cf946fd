import { openProof } from '../../src/app/open-proof';
import type { SigningKey } from '../../src/audit/proof/signature';
import { aSigningKey, otherEd25519Pem } from '../audit/proof/a-signing-key';
import { virtualClock } from '../virtual-clock';

const [key, rotated] = [aSigningKey(), aSigningKey(otherEd25519Pem)];
const settings = { AUDIT_SIGNING_KEY: 'https://contoso.vault.azure.net/keys/digests' };

/** The key as this process knows it, minute by minute, while the vault answers this; null: nothing. */
async function keysSeen(answers: readonly (SigningKey | null)[]): Promise<readonly (string | undefined)[]> {
  const clock = virtualClock(0);
  let minute = 0;
  const openKey = async () => answers[minute] ?? Promise.reject(new Error('The vault did not answer.'));
  const proof = openProof(settings, { clock, openKey });
  const seen: (string | undefined)[] = [];
  for (minute = 0; minute < answers.length; minute++) {
    seen.push((await proof.key().catch(() => null))?.publicKey.id);
    await clock.sleepUntil(clock.nowMs() + 60_000);
  }
  return seen;
}

/* Seen in a review: a process that lived on told histories broken whose last digest the next version had signed. */
test('a key that is rotated is believed five minutes later, without a restart', async () => {
  const [old, next] = [key.publicKey.id, rotated.publicKey.id];
  expect(await keysSeen([key, ...Array(6).fill(rotated)])).toEqual([...Array(5).fill(old), next, next]);
});

test('a vault that does not answer takes nothing from who has its key', async () => {
  expect(new Set(await keysSeen([key, ...Array(6).fill(null)]))).toEqual(new Set([key.publicKey.id]));
  expect(await keysSeen([null, key])).toEqual([undefined, key.publicKey.id]);
});

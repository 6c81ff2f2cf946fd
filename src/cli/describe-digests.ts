import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DigestProof } from '../app/proving';
import { type PublicKey, publicKeysIn } from '../audit/proof/public-keys';
import { shortId } from '../audit/proof/signature';
import { AuditorError } from '../auditor-error';

/** The keys of the files, in which several may stand. Throws `config-unreadable` or `config-invalid`, naming the file. */
export async function readPublicKeys(files: readonly string[], folder: string): Promise<readonly PublicKey[]> {
  const keys: PublicKey[] = [];
  for (const file of files) {
    const text = await readFile(resolve(folder, file), 'utf8').catch((cause: Error) => {
      throw new AuditorError('config-unreadable', `Cannot read the public key ${file}: ${cause.message}.`, { cause });
    });
    keys.push(...publicKeysIn(text, file));
  }
  return keys;
}

/** What was verified of the digests, with whose key, and what that does not show. */
export function describeDigests(proof: DigestProof): string {
  const { digests, container, isContainerImmutable, lastAgeMs, keys } = proof;
  const { last, missedHours } = digests;
  const verdict = digests.intact ? 'intact' : `BROKEN. ${digests.firstBroken.name}: ${digests.firstBroken.because}`;
  const named = keys.map(({ id, algorithm, from }) => `${algorithm} ${shortId(id)} (from ${from})`).join(', ');
  const lines = [
    `digests     ${digests.digests} in the container ${container}: ${verdict}`,
    `signed by   ${named}; whoever holds the private key can sign another history`,
  ];
  if (last === null || lastAgeMs === null) {
    return [...lines, 'covered     nothing: no digest is there yet. The first one is signed on the hour.'].join('\n');
  }
  if (missedHours > 0) {
    lines.push(`missed      ${missedHours} hours: the service did not run, and the digests after them say so`);
  }
  const late = lastAgeMs > lateAfterMs ? `, ${ageText(lastAgeMs)} ago: none has been written since` : '';
  lines.push(
    `covered     up to ${last.to} (number ${last.number}${late}); records newer than that could be cut off together ` +
      "with the chain's head and the table of limits, and it would not be seen",
  );
  if (!isContainerImmutable) {
    lines.push(
      'container   without an immutability policy: whoever may delete its blobs and that table can hide the last digests',
    );
  }
  return lines.join('\n');
}

/** One is due each hour. */
const lateAfterMs = 2 * 3_600_000;

function ageText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}

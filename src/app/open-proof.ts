import { openDigestBlobs } from '../adapters/storage/digest-blobs';
import { accessTo, storageConnectionOf } from '../adapters/storage/storage-connection';
import type { DigestBlobs } from '../audit/proof/digest-store';
import type { SigningKey } from '../audit/proof/signature';
import { AuditorError } from '../auditor-error';
import type { Settings } from '../config';
import { defaultDigestContainer } from '../config/settings';
import type { Clock } from '../probe/clock';
import { keptFor } from './kept-for';
import { remembered } from './remembered';

/** What signs and keeps digests, as the settings say; each opened at its first use. */
export interface Proof {
  /** Null: nothing is signed. Throws `config-invalid` for a key that cannot be read. */
  key(): Promise<SigningKey | null>;
  /** The container, made where it is missing. */
  digestBlobs(): Promise<DigestBlobs>;
  /** Null: the history is kept for ever. Throws `config-invalid` for what is no number of days. */
  retentionDays(): number | null;
}

export interface ProofParts {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly openKey: (text: string) => Promise<SigningKey>;
}

/** A key in a vault may be rotated while the app runs: then others sign with a version that was not there yet. */
const keyKeptMs = 5 * 60_000;

export function openProof(settings: Settings, { clock, openKey }: ProofParts): Proof {
  const keyText = settings.AUDIT_SIGNING_KEY?.trim();
  const container = settings.AUDIT_DIGEST_CONTAINER?.trim() || defaultDigestContainer;
  let lastKey: SigningKey | null = null;

  async function readKey(): Promise<SigningKey | null> {
    if (!keyText) return null;
    try {
      lastKey = await openKey(keyText);
    } catch (error) {
      // A vault that is silent for now takes nothing from what is known of it.
      if (lastKey === null) throw error;
    }
    return lastKey;
  }

  return {
    key: keptFor(keyKeptMs, clock, readKey),
    digestBlobs: remembered(async () => {
      const blobs = openDigestBlobs(accessTo(storageConnectionOf(settings)), checkedName(container));
      await blobs.prepare();
      return blobs;
    }),
    retentionDays: () => retentionDaysOf(settings),
  };
}

/** As Azure names containers. */
function checkedName(container: string): string {
  if (/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/.test(container)) return container;
  throw new AuditorError(
    'config-invalid',
    'Cannot use the setting AUDIT_DIGEST_CONTAINER: a container has 3 to 63 lower-case letters, digits and single hyphens.',
  );
}

/** A century and more is a slip of the hand, and no time that can be counted back from today. */
const mostDays = 36_500;

function retentionDaysOf({ AUDIT_RETENTION_DAYS: text }: Settings): number | null {
  if (!text?.trim()) return null;
  const days = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  if (days >= 1 && days <= mostDays) return days;
  throw new AuditorError(
    'config-invalid',
    `Cannot use the setting AUDIT_RETENTION_DAYS: it is a whole number of days from 1 to ${mostDays}; leave it out to keep the history for ever.`,
  );
}

import type { PublicKey } from '../audit/proof/public-keys';
import { type Purged, purgeBefore, purgeHistory } from '../audit/proof/purge-history';
import { type VerifiedHistories, verifyWithDigests } from '../audit/proof/verify-with-digests';
import { type WrittenDigest, writeDigest } from '../audit/proof/write-digest';
import { AuditorError } from '../auditor-error';
import type { Assembly } from './assemble';
import { unknownCustomer } from './customer-of';

export interface VerifyOrder {
  /** Null: every customer, also those that only digests still name. */
  readonly customerId: string | null;
  /** Whose signatures are believed; null: those of the key that signs here. */
  readonly publicKeys: readonly PublicKey[] | null;
  readonly signal: AbortSignal;
}

export interface DigestProof extends VerifiedHistories {
  readonly container: string;
  readonly isContainerImmutable: boolean;
  /** Since the last digest; null: there is none. */
  readonly lastAgeMs: number | null;
  readonly keys: readonly Pick<PublicKey, 'id' | 'algorithm' | 'from'>[];
}

/** What proves that the history is what was once saved, and what lets go of it. */
export interface Proving {
  /** Signs the chains' heads, once an hour; null where no signing key is configured. */
  writeDigest(): Promise<WrittenDigest | null>;
  verifyDigests(order: VerifyOrder): Promise<DigestProof>;
  /** Takes away what is older than AUDIT_RETENTION_DAYS, customer by customer; null where that is not set. */
  purgeHistories(mayTakeMs: number): Promise<readonly (Purged & { readonly customerId: string })[] | null>;
}

export function proving({ config, clock, proof, storage }: Assembly): Proving {
  const configured = config.customers.map(({ id }) => id);

  return {
    async writeDigest() {
      const key = await proof.key();
      if (key === null) return null;
      const [{ limits, retention, digestMarks: marks }, blobs] = await Promise.all([storage(), proof.digestBlobs()]);
      return writeDigest({ blobs, marks, limits, retention, key }, clock.nowMs());
    },

    async verifyDigests({ customerId, publicKeys, signal }) {
      const keys = publicKeys ?? (await proof.key())?.trusted;
      if (keys === undefined) throw noKey();
      const [opened, blobs] = await Promise.all([storage(), proof.digestBlobs()]);
      const wanted = { customerIds: customerId === null ? null : [customerId], configured };
      const verified = await verifyWithDigests(wanted, { ...opened, blobs, keys }, signal);
      const [only] = verified.customers;
      const isKnown = customerId === null || configured.includes(customerId) || !only?.intact || only.head !== null;
      if (!isKnown) throw unknownCustomer(customerId);
      const { last } = verified.digests;
      return {
        ...verified,
        container: blobs.container,
        isContainerImmutable: await blobs.isImmutable(),
        lastAgeMs: last === null ? null : clock.nowMs() - Date.parse(last.to),
        keys: keys.map(({ id, algorithm, from }) => ({ id, algorithm, from })),
      };
    },

    async purgeHistories(mayTakeMs) {
      const days = proof.retentionDays();
      if (days === null) return null;
      const endsAtMs = clock.nowMs() + mayTakeMs;
      const beforeMs = purgeBefore(clock.nowMs(), days);
      const [{ history, retention, limits }, key] = await Promise.all([storage(), proof.key()]);
      // Whoever was taken out of the configuration keeps a row there.
      const ids = new Set([...configured, ...(await limits.readAll()).map((status) => status.customerId)]);
      const purged: (Purged & { customerId: string })[] = [];
      for (const customerId of ids) {
        if (clock.nowMs() >= endsAtMs) break;
        const order = { customerId, beforeMs, endsAtMs };
        const outcome = await purgeHistory(order, { history, retention, clock, key }).catch(refusedIfCorrupt);
        purged.push({ customerId, ...outcome });
      }
      return purged;
    },
  };
}

/** What cannot be read is evidence, and its own customer's trouble. */
function refusedIfCorrupt(error: unknown): Purged {
  if (error instanceof AuditorError && error.code === 'storage-corrupt') return { refused: error.message };
  throw error;
}

function noKey(): AuditorError {
  return new AuditorError(
    'setting-missing',
    'Cannot verify digests: nobody says whose signature is believed. Name the public key with --public-key, or set AUDIT_SIGNING_KEY to the key that signs.',
  );
}

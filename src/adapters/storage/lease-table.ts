import { randomUUID } from 'node:crypto';
import type { CounterCharges } from '../../audit/ports';
import type { Lease, Leases } from '../../audit/running/leases';
import { changeRow } from './change-row';
import { numberIn, textIn, timeIn } from './row-values';
import type { RowKey, StorageTable, StoredRow } from './storage-table';

/** The table `leases`: a row a counter or gateway, with its lease and, beside it, when it was last charged. */
export function leaseTable(table: StorageTable): CounterCharges & Leases {
  async function takeOne(key: string, owner: string, time: { nowMs: number; untilMs: number }): Promise<Lease | null> {
    return changeRow<Lease | null>(table, leaseKey(key), (current) => {
      const before = current === null ? null : leaseIn(current);
      if (before !== null && before.owner !== '' && before.untilMs > time.nowMs) return { answer: null };
      const lease = { key, owner, fence: (before?.fence ?? 0) + 1, untilMs: time.untilMs };
      const until = new Date(time.untilMs).toISOString();
      const unknown = current === null || before === null ? {} : unknownCharge(current, before);
      return { write: { owner, until, fence: lease.fence, ...unknown }, answer: lease };
    });
  }

  /** Changes the row while it is still that lease's; null where it is not. */
  async function changeOwn(lease: Lease, write: { readonly owner: string; readonly untilMs: number }) {
    return changeRow<Lease | null>(table, leaseKey(lease.key), (current) => {
      const now = current === null ? null : leaseIn(current);
      if (now?.owner !== lease.owner || now.fence !== lease.fence) return { answer: null };
      const until = new Date(write.untilMs).toISOString();
      return { write: { owner: write.owner, until }, answer: { ...lease, untilMs: write.untilMs } };
    });
  }

  async function release(lease: Lease): Promise<void> {
    await changeOwn(lease, { owner: '', untilMs: lease.untilMs });
  }

  return {
    async last(counter) {
      const row = await table.read(leaseKey(`counter ${counter}`));
      return row === null ? null : chargeIn(row);
    },
    // A charge that is older than the one known says nothing new: two processes may report in any order.
    record: (counter, charge) =>
      changeRow<void>(table, leaseKey(`counter ${counter}`), (current) => {
        const known = current === null ? null : chargeIn(current);
        if (known !== null && known.atMs > charge.atMs) return { answer: undefined };
        const chargedAt = new Date(charge.atMs).toISOString();
        return { write: { chargedAt, chargedTokens: Math.ceil(charge.tokens) }, answer: undefined };
      }),

    async take(keys, owner, time) {
      const taken: Lease[] = [];
      const claim = `${owner} ${randomUUID()}`;
      for (const key of [...new Set(keys)].sort()) {
        const lease = await takeOne(key, claim, time);
        if (lease === null) {
          for (const other of taken) await release(other);
          return null;
        }
        taken.push(lease);
      }
      return taken;
    },
    renew: (lease, untilMs) => changeOwn(lease, { owner: lease.owner, untilMs }),
    release,
    async isHeld(key, nowMs) {
      const row = await table.read(leaseKey(key));
      const lease = row === null ? null : leaseIn(row);
      return lease !== null && lease.owner !== '' && lease.untilMs > nowMs;
    },
  };
}

type StoredLease = Pick<Lease, 'owner' | 'fence' | 'untilMs'>;

function leaseIn(row: StoredRow): StoredLease | null {
  if (row.owner === undefined) return null;
  return { owner: textIn(row, 'owner'), fence: numberIn(row, 'fence'), untilMs: timeIn(row, 'until') };
}

/**
 * An owner that did not release may have charged the counter up to the lease's end: from then on the ledger is complete
 * again. The charge stands with no tokens, since of its size nothing is known.
 */
function unknownCharge(row: StoredRow, { owner, untilMs }: StoredLease): Record<string, string | number> {
  const known = chargeIn(row);
  if (owner === '' || (known !== null && known.atMs >= untilMs)) return {};
  return { chargedAt: new Date(untilMs).toISOString(), chargedTokens: 0 };
}

function chargeIn(row: StoredRow): { atMs: number; tokens: number } | null {
  if (row.chargedAt === undefined) return null;
  return { atMs: timeIn(row, 'chargedAt'), tokens: numberIn(row, 'chargedTokens') };
}

/** `counter contoso` stands under `counter-contoso`. */
function leaseKey(key: string): RowKey {
  const at = key.indexOf(' ');
  return { partitionKey: 'leases', rowKey: `${key.slice(0, at)}-${encodeKey(key.slice(at + 1))}` };
}

/** Any text as a key, no two alike: letters, digits, dots, underscores and hyphens stay, other bytes become `=2F`. */
export function encodeKey(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

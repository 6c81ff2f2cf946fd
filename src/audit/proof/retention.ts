import type { Report } from '../report';
import type { Anchor } from './anchor';

/** An audit that ended before a moment, newest first; null: nothing of ours can be read in its row. */
export interface OldRecord {
  readonly row: string;
  readonly report: Report | null;
}

export interface OldRecords {
  readonly records: readonly OldRecord[];
  readonly continuationToken: string | null;
}

/** What a purge asks of the history. */
export interface Retention {
  /** Throws `storage-corrupt` where the row holds no anchor. */
  readAnchor(customerId: string): Promise<Anchor | null>;
  /** Replaces the anchor by one that is not older; one of the same audit gives way to it. */
  writeAnchor(anchor: Anchor): Promise<void>;
  readOlder(
    customerId: string,
    beforeMs: number,
    page: { readonly top: number; readonly continuationToken: string | null },
  ): Promise<OldRecords>;
  /** Deletes all rows of these audits; what is gone already is no trouble. */
  remove(customerId: string, records: readonly OldRecord[]): Promise<void>;
}

import type { StoredEvidence } from '../ports';

/** Where a checkpoint stands: so many rows, with that hash; when the audit began (epoch ms). */
export interface CheckpointPlace {
  readonly rows: number;
  readonly hash: string;
  readonly startedMs: number;
}

/** An attempt that was never heard of again. The first one without a record may have left a checkpoint. */
export interface BrokenAttempt {
  readonly attempt: number;
  readonly sinceMs: number;
  readonly checkpoint?: CheckpointPlace;
}

/** The whole state of an audit that has not ended. */
export interface Checkpoint {
  readonly startedMs: number;
  readonly evidence: StoredEvidence;
}

/** A counter or gateway that one owner has to itself until `untilMs` (epoch ms). `fence` grows with each owner. */
export interface Lease {
  /** `counter contoso` or `gateway main`. */
  readonly key: string;
  readonly owner: string;
  readonly fence: number;
  readonly untilMs: number;
}

/** Who has what to itself, over all workers. */
export interface Leases {
  /**
   * Takes all of them or none, in one order, so that two that want the same never block each other. Null where one is
   * held by somebody else. A counter whose last owner was never heard of again counts as charged, by nobody knows how
   * much, until that lease ended.
   */
  take(keys: readonly string[], owner: string, time: LeaseTime): Promise<readonly Lease[] | null>;
  /** The lease with its new end; null where it is no longer ours. */
  renew(lease: Lease, untilMs: number): Promise<Lease | null>;
  release(lease: Lease): Promise<void>;
  isHeld(key: string, nowMs: number): Promise<boolean>;
}

export interface LeaseTime {
  readonly nowMs: number;
  readonly untilMs: number;
}

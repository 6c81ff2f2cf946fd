import type { Clock } from '../../probe/clock';
import type { Lease, Leases } from './leases';

/** How long a worker that is never heard of again keeps others away. */
export const leaseMs = 60_000;

/** So long before a lease ends nothing is sent any more: a probe takes a while, and clocks of workers differ. */
const marginMs = 10_000;

/** Leases that this worker took, all of them or none. */
export interface HeldLeases {
  /** Whether a probe may be sent at this moment. */
  areHeld(nowMs: number): boolean;
  /** Holds them for another minute; throws where storage fails, which loses none of them yet. */
  renew(): Promise<void>;
  /** Lets others have them. Only once what was charged is known to others: who does not release owns up to nothing. */
  release(): Promise<void>;
}

export interface LeaseSetting {
  readonly leases: Leases;
  readonly clock: Clock;
  /** Who takes them, for people who look into the table. */
  readonly owner: string;
}

/** Takes all of them, or none: null where one of them is somebody else's. */
export async function holdLeases(keys: readonly string[], setting: LeaseSetting): Promise<HeldLeases | null> {
  const { leases, clock, owner } = setting;
  const nowMs = clock.nowMs();
  let held = await leases.take(keys, owner, { nowMs, untilMs: nowMs + leaseMs });
  if (held === null) return null;
  let untilMs = nowMs + leaseMs;

  return {
    areHeld: (atMs) => held !== null && atMs < untilMs - marginMs,
    async renew() {
      if (held === null) return;
      const newUntilMs = clock.nowMs() + leaseMs;
      const renewed: Lease[] = [];
      for (const lease of held) {
        const now = await leases.renew(lease, newUntilMs);
        if (now === null) {
          held = null;
          return;
        }
        renewed.push(now);
      }
      held = renewed;
      untilMs = newUntilMs;
    },
    async release() {
      for (const lease of held ?? []) await leases.release(lease);
      held = null;
    },
  };
}

const askAgainAfterMs = 5000;

/** The same for somebody who can wait: asks again until they are free; null where it is aborted before. */
export async function holdLeasesWhenFree(
  keys: readonly string[],
  setting: LeaseSetting & { readonly signal?: AbortSignal },
): Promise<HeldLeases | null> {
  const { clock, signal } = setting;
  while (!signal?.aborted) {
    const held = await holdLeases(keys, setting);
    if (held !== null) return held;
    // The abort is told by the next turn.
    await clock.sleepUntil(clock.nowMs() + askAgainAfterMs, signal).catch(() => undefined);
  }
  return null;
}

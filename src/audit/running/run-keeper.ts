import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import type { RunKeeper, RunSeen } from './drive-check';
import type { HeldLeases } from './hold-leases';
import type { TokenReserve } from './token-reserve';

/** How often leases are renewed and a checkpoint is kept: a third of a lease, so that two failures lose nothing. */
const tendEveryMs = 20_000;
const tendAgainMs = 5000;

export interface KeeperSetting {
  readonly clock: Clock;
  readonly held: HeldLeases;
  readonly reserve: TokenReserve;
  /** What the audit had spent before this attempt, in tokens: it was set aside then. */
  readonly earlierTokens: number;
  /** Keeps what was seen; throws `conflict` where another attempt has overtaken this one. */
  readonly keep: (seen: RunSeen) => Promise<void>;
}

/** Keeps a recorded audit's leases, budget and trace in storage while it runs. */
export function createRunKeeper(setting: KeeperSetting): RunKeeper {
  const { clock, held, reserve, earlierTokens, keep } = setting;
  let dueMs = clock.nowMs() + tendEveryMs;
  let keptExchanges = 0;
  let isOvertaken = false;

  async function keepNew(seen: RunSeen): Promise<void> {
    const { length } = seen.exchanges;
    if (length === keptExchanges) return;
    await keep({ exchanges: [...seen.exchanges], meterReadings: [...seen.meterReadings] });
    keptExchanges = length;
  }

  return {
    dueMs: () => dueMs,
    maySend: (nowMs) => !isOvertaken && held.areHeld(nowMs),
    afford: async (tokens) => earlierTokens + (await reserve.raiseTo(tokens - earlierTokens)),
    async tend(seen) {
      dueMs = clock.nowMs() + tendEveryMs;
      for (const { reason } of (await Promise.allSettled([held.renew(), keepNew(seen)])).filter(isRejected)) {
        if (reason instanceof AuditorError && reason.code === 'conflict') isOvertaken = true;
        // Storage that fails is asked again soon; the lease runs out in the end.
        else dueMs = clock.nowMs() + tendAgainMs;
      }
    },
  };
}

function isRejected(result: PromiseSettledResult<void>): result is PromiseRejectedResult {
  return result.status === 'rejected';
}

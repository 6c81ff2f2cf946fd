import type { HostClock } from '../host-clock';
import type { Log } from '../log';

/** The right to run an app's timers; one host holds it at a time, as on the platform one instance does. */
export interface TimerLease {
  /** Takes or renews it until `untilMs`; false where another owner holds it at `nowMs`. */
  take(owner: string, nowMs: number, untilMs: number): Promise<boolean>;
  release(owner: string): Promise<void>;
}

export interface HoldParts {
  readonly owner: string;
  readonly lease: TimerLease;
  readonly leaseMs: number;
  readonly clock: HostClock;
  readonly log: Log;
  /** Runs all timers until its signal is aborted. */
  readonly runTimers: (signal: AbortSignal) => Promise<void>;
}

/** Runs the timers whenever, and only while, this host holds the lease. Resolves once aborted and all runs have ended. */
export async function holdTimers(parts: HoldParts, signal: AbortSignal): Promise<void> {
  const { owner, lease, leaseMs, clock, log } = parts;
  let held: { readonly timers: AbortController; readonly running: Promise<void>; untilMs: number } | null = null;

  const letGo = async (): Promise<void> => {
    held?.timers.abort();
    await held?.running;
    held = null;
  };
  while (!signal.aborted) {
    const nowMs = clock.nowMs();
    const answer = await lease.take(owner, nowMs, nowMs + leaseMs).catch((error: Error) => error);
    if (answer instanceof Error) {
      log({ level: 'warning', category: 'Host.Timers', message: `Cannot lease the timers: ${answer.message}` });
    }
    if (answer === true && held) held.untilMs = nowMs + leaseMs;
    if (answer === true && !held) {
      const timers = new AbortController();
      held = { timers, running: parts.runTimers(timers.signal), untilMs: nowMs + leaseMs };
    }
    // Storage being away is no reason to stop while the lease still lasts.
    if (held && (answer === false || held.untilMs <= clock.nowMs())) await letGo();
    await clock.sleepUntil(clock.nowMs() + leaseMs / 3, signal);
  }
  const wasHeld = held !== null;
  await letGo();
  if (wasHeld) await lease.release(owner).catch(() => undefined);
}

import type { Clock } from './clock';
import type { Exchange, ProbeRequest } from './exchange';
import type { SendProbe } from './gateway';
import { countStarts, type Pace, startsOf } from './pace';

/**
 * The loop that drives a load. Open: every probe has a moment at which it is meant to start, and is sent then whether or
 * not the earlier ones were answered; what comes late is sent late, its latency counted from the moment meant. Closed: so
 * many users, each asks again when it was answered; that measures what a gateway can do, not what its callers wait for.
 */
export interface LoadPlan {
  readonly auditId: string;
  readonly arrivals: { readonly pace: Pace } | { readonly concurrency: number };
  readonly durationMs: number;
  /** What probe n (from 1) asks. */
  readonly requestOf: (probe: number) => ProbeRequest;
}

export interface LoadPorts {
  readonly send: SendProbe;
  readonly clock: Clock;
}

export interface LoadWatch {
  /** Each probe as it is sent: what it asks, and how long after the moment meant; ms. */
  readonly onSent: (request: ProbeRequest, lateMs: number) => void;
  readonly onExchange: (exchange: Exchange) => void;
  /** Every second. */
  readonly onTick?: (elapsedMs: number) => void;
  /** Ends the load at once: what is under way is not waited for. */
  readonly signal?: AbortSignal;
}

/** How a load ended. Epoch ms; `fault` is what was thrown where sending failed by a mistake of ours. */
export interface LoadEnd {
  readonly planned: number;
  readonly sent: number;
  readonly unsent: number;
  /** Sent, and not waited for. */
  readonly unfinished: number;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly fault?: unknown;
}

/** Beyond this many under way a probe is not sent: each holds a connection, and a machine has some 28,000 ports. */
const mostUnderWay = 10_000;

/** A load that is behind goes on so long after its duration; what is not sent by then is unsent. */
const graceMs = 5000;

const tickMs = 1000;

/** Runs a load to its end. Never throws: a fault of ours ends it and is told beside what was measured. */
export async function runLoad(plan: LoadPlan, { send, clock }: LoadPorts, watch: LoadWatch): Promise<LoadEnd> {
  const stop = new AbortController();
  const startedMs = clock.nowMs();
  let sent = 0;
  let underWay = 0;
  const faults: unknown[] = [];
  let onIdle: () => void = () => {};
  const onAbort = () => stop.abort();
  watch.signal?.addEventListener('abort', onAbort, { once: true });
  const stopped = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  if (watch.signal?.aborted) stop.abort();
  const ticking = tick();
  if ('pace' in plan.arrivals) await sendOpen(plan.arrivals.pace);
  else await sendClosed(plan.arrivals.concurrency);
  await allFinished();
  const finishedMs = clock.nowMs();
  watch.signal?.removeEventListener('abort', onAbort);
  stop.abort();
  await ticking;
  const planned = 'pace' in plan.arrivals ? countStarts(plan.arrivals.pace, plan.durationMs) : sent;
  const end = { planned, sent, unsent: planned - sent, unfinished: underWay, startedMs, finishedMs };
  return faults.length === 0 ? end : { ...end, fault: faults[0] };

  async function sendOpen(pace: Pace): Promise<void> {
    const starts = startsOf(pace, plan.durationMs);
    for (let next = starts.next(); !next.done && !stop.signal.aborted; ) {
      const nowMs = clock.nowMs();
      if (nowMs > startedMs + plan.durationMs + graceMs) return;
      for (; !next.done && startedMs + next.value <= nowMs; next = starts.next()) {
        if (underWay < mostUnderWay) sendOne(startedMs + next.value);
      }
      // A millisecond at least: one that is behind must let answers in before it sends on.
      if (!next.done) await sleepUntil(Math.max(startedMs + next.value, nowMs + 1));
    }
  }

  async function sendClosed(concurrency: number): Promise<void> {
    const isOver = () => stop.signal.aborted || clock.nowMs() >= startedMs + plan.durationMs;
    const user = async () => {
      while (!isOver()) await sendOne(clock.nowMs());
    };
    await Promise.race([Promise.all(Array.from({ length: concurrency }, user)), stopped]);
  }

  function sendOne(intendedMs: number): Promise<void> {
    sent += 1;
    underWay += 1;
    const request = plan.requestOf(sent);
    watch.onSent(request, Math.max(0, clock.nowMs() - intendedMs));
    return send({ auditId: plan.auditId, probe: sent, request, intendedMs }).then(finish, (cause: unknown) => {
      faults.push(cause);
      stop.abort();
      settle();
    });
  }

  function finish(exchange: Exchange): void {
    settle();
    if (!watch.signal?.aborted) watch.onExchange(exchange);
  }

  function settle(): void {
    underWay -= 1;
    if (underWay === 0) onIdle();
  }

  async function allFinished(): Promise<void> {
    if (underWay === 0 || stop.signal.aborted) return;
    const idle = new Promise<void>((resolve) => {
      onIdle = resolve;
    });
    await Promise.race([idle, stopped]);
  }

  async function tick(): Promise<void> {
    if (watch.onTick === undefined) return;
    for (let atMs = startedMs + tickMs; !stop.signal.aborted; atMs += tickMs) {
      await sleepUntil(atMs);
      if (!stop.signal.aborted) watch.onTick(clock.nowMs() - startedMs);
    }
  }

  function sleepUntil(atMs: number): Promise<void> {
    return clock.sleepUntil(atMs, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
  }
}

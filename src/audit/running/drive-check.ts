import type { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import type { Exchange, ProbeRequest } from '../../probe/exchange';
import { type CallSdk, maxSdkAttempts, type ProbeOrder, type SendProbe } from '../../probe/gateway';
import { boundTokensOf } from '../../probe/prompt';
import { type ApimReading, noApim, type ReadApim } from '../apim-reading';
import { totalCost } from '../charges';
import type { Charge, Check, Step } from '../check';
import type { Declaration } from '../declaration';
import type { MeterReading, MeterWindow, ReadMeter } from '../meter-reading';
import { asFault } from './fault';

/**
 * The loop that drives every check: ask `next`, do what it says, record each exchange as it finishes, ask again.
 * It knows nothing of what a check is for; it only keeps the bounds, and it never leaves a probe behind: however a
 * run ends, what was under way is awaited and recorded first.
 */
export interface CheckRun {
  readonly auditId: string;
  readonly check: Check;
  readonly declared: Declaration;
  readonly startedMs: number;
  readonly seed: number;
  /** Exchanges of this audit from before a pause. */
  readonly earlier: readonly Exchange[];
  readonly earlierReadings?: readonly MeterReading[];
  readonly priorCharges: readonly Charge[];
  readonly earlierCounts?: Readonly<Record<string, number>>;
  readonly ledgerSinceMs: number;
  readonly bounds: RunBounds;
  /** Absent: nothing is to be kept up, and all of the bounds' tokens may be spent. */
  readonly keeper?: RunKeeper;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** What a run may never exceed, whatever its check asks for. Absolute times in epoch ms. */
export interface RunBounds {
  readonly tokens: number;
  readonly probes: number;
  readonly endsAtMs: number;
  /** From here on the run pauses, rather than waits or sends; absent: it never pauses. */
  readonly pausesAtMs?: number;
}

/** What a run must keep up while it lasts, and what it may only do by leave. */
export interface RunKeeper {
  /** When it is to be tended next; epoch ms. */
  dueMs(): number;
  /** Renews what the run was lent, and keeps what it saw. Never throws. */
  tend(seen: RunSeen): Promise<void>;
  /** Whether a probe may be sent at this moment. */
  maySend(nowMs: number): boolean;
  /** Asked for so many tokens over the whole audit, answers how many it may spend. */
  afford(tokens: number): Promise<number>;
}

/** The whole state of a run. */
export interface RunSeen {
  readonly exchanges: readonly Exchange[];
  readonly meterReadings: readonly MeterReading[];
}

export interface RunProgress {
  readonly phase: string;
  readonly probes: number;
  readonly inFlight: number;
  readonly tokens: number;
  readonly elapsedMs: number;
}

export interface RunPorts {
  readonly sendProbe: SendProbe;
  /** Absent: no check may ask for a call of the SDK. */
  readonly callSdk?: CallSdk | undefined;
  /** Absent: the gateway has no meter, and asking it is trouble. */
  readonly readMeter?: ReadMeter | undefined;
  /** Absent: the gateway declares no API Management. */
  readonly readApim?: ReadApim | undefined;
  readonly clock: Clock;
}

export type RunEnd =
  | { readonly why: 'stopped'; readonly because: string }
  | { readonly why: 'aborted' }
  | { readonly why: 'lease-lost' }
  | { readonly why: 'broken'; readonly fault: AuditorError }
  | { readonly why: 'paused'; readonly resumeAtMs: number };

export interface DrivenRun extends RunSeen {
  readonly end: RunEnd;
  readonly apimReading?: ApimReading;
}

/** No check looks at a meter more often; one that would is ended. */
const maxMeterReadings = 20;

/** A wait for the keeper's sake is never shorter. */
const tendPauseMs = 1000;

/** Runs a check's `next` until it stops, is stopped, or must pause. Never throws: trouble of ours is `broken`. */
export async function driveCheck(
  run: CheckRun,
  { sendProbe, callSdk, readMeter, readApim, clock }: RunPorts,
): Promise<DrivenRun> {
  const exchanges = [...run.earlier];
  const meterReadings = [...(run.earlierReadings ?? [])];
  const underWay = new Map<number, { readonly boundTokens: number; readonly finished: Promise<void> }>();
  const faults: AuditorError[] = [];
  const apimReadings: ApimReading[] = [];
  const apimRead = () => (apimReadings[0] ? { apimReading: apimReadings[0] } : {});
  const pausesAtMs = run.bounds.pausesAtMs ?? Number.POSITIVE_INFINITY;
  let sent = Math.max(exchanges.length, ...exchanges.map(({ probe }) => probe));
  let phase = 'start';
  let wokenAtMs: number | null = null;
  let affordedTokens = run.keeper === undefined ? run.bounds.tokens : 0;

  const end = await drive().catch((error: unknown) => broken(error, 'go on with'));
  while (underWay.size > 0) {
    await Promise.all([...[...underWay.values()].map(({ finished }) => finished), tendWhenDue(clock.nowMs())]);
  }
  return { end: endAfter(end), exchanges, meterReadings, ...apimRead() };

  /** What was under way when the check stopped may still have broken something, or have outlived the lease. */
  function endAfter(seen: RunEnd): RunEnd {
    if (faults[0] !== undefined) return { why: 'broken', fault: faults[0] };
    const isLost = seen.why === 'stopped' && run.keeper?.maySend(clock.nowMs()) === false;
    return isLost ? { why: 'lease-lost' } : seen;
  }

  async function drive(): Promise<RunEnd> {
    for (;;) {
      if (faults.length > 0 || run.signal?.aborted) return { why: 'aborted' };
      const nowMs = clock.nowMs();
      if (run.keeper?.maySend(nowMs) === false) return { why: 'lease-lost' };
      if (nowMs >= run.bounds.endsAtMs) return stopped('the audit reached the end of the time that it may take');
      const step = askNext(nowMs);
      switch (step.do) {
        case 'stop':
          return stopped(step.because);
        case 'wait':
          phase = step.phase;
          if (underWay.size === 0 && step.untilMs > pausesAtMs) return { why: 'paused', resumeAtMs: step.untilMs };
          await Promise.all([waitUntil(step.untilMs, nowMs), tendWhenDue(nowMs)]);
          break;
        case 'send': {
          phase = step.phase;
          if (nowMs >= pausesAtMs) return { why: 'paused', resumeAtMs: nowMs };
          const beyond = await boundReachedBy(step.probes);
          if (beyond !== null) return stopped(beyond);
          if (run.keeper?.maySend(clock.nowMs()) === false) return { why: 'lease-lost' };
          for (const request of step.probes) send(request, wokenAtMs ?? nowMs);
          wokenAtMs = null;
          break;
        }
        case 'call-sdk': {
          phase = step.phase;
          if (nowMs >= pausesAtMs) return { why: 'paused', resumeAtMs: nowMs };
          const beyond = await boundReachedBy(Array.from({ length: maxSdkAttempts }, () => step.request));
          if (beyond !== null) return stopped(beyond);
          if (run.keeper?.maySend(clock.nowMs()) === false) return { why: 'lease-lost' };
          callWithSdk(step.request, wokenAtMs ?? nowMs);
          wokenAtMs = null;
          break;
        }
        case 'read-meter':
          phase = step.phase;
          if (nowMs >= pausesAtMs) return { why: 'paused', resumeAtMs: nowMs };
          if (meterReadings.length >= maxMeterReadings) return stopped('the meter was read too often');
          meterReadings.push(await readFrom(step, nowMs));
          wokenAtMs = null;
          break;
        case 'read-apim':
          phase = step.phase;
          if (apimReadings.length > 0) return stopped('the declared configuration was read already');
          tellProgress();
          apimReadings.push(await (readApim ?? noApim(nowMs))(run.signal));
          wokenAtMs = null;
          break;
        default:
          return step satisfies never;
      }
    }
  }

  function askNext(nowMs: number): Step {
    const { check, declared, startedMs, priorCharges, ledgerSinceMs, seed, earlierCounts } = run;
    const counted = earlierCounts ? { earlierCounts } : {};
    const inFlight = underWay.size;
    const seen = { exchanges, ...(meterReadings.length > 0 && { meterReadings }), ...apimRead() };
    const step = check.next({
      declared,
      startedMs,
      nowMs,
      ...seen,
      ...counted,
      inFlight,
      priorCharges,
      ledgerSinceMs,
      seed,
    });
    const asksNothing = step.do === 'wait' ? Number.isNaN(step.untilMs) : step.do === 'send' && !step.probes.length;
    if (asksNothing) throw new Error(`its step "${step.do}" asks for nothing that can happen`);
    return step;
  }

  async function boundReachedBy(probes: readonly ProbeRequest[]): Promise<string | null> {
    if (sent + probes.length > run.bounds.probes) return `the audit reached its bound of ${run.bounds.probes} probes`;
    const possible = [...underWay.values()].reduce((sum, { boundTokens }) => sum + boundTokens, totalCost(exchanges));
    const wanted = probes.reduce((sum, request) => sum + boundTokensOf(request), 0);
    const needed = possible + wanted;
    if (needed > run.bounds.tokens) {
      return `the next step could cost ${wanted} tokens, and ${Math.max(0, run.bounds.tokens - possible)} of the audit's budget of ${run.bounds.tokens} are left`;
    }
    if (run.keeper !== undefined && needed > affordedTokens) affordedTokens = await run.keeper.afford(needed);
    if (needed <= affordedTokens) return null;
    return `the next step could cost ${wanted} tokens, which what is left of the day's budget does not pay for`;
  }

  function send(request: ProbeRequest, intendedMs: number): void {
    sent += 1;
    const order = { auditId: run.auditId, probe: sent, request, intendedMs };
    record(
      order,
      sendProbe(order).then((exchange) => [exchange]),
    );
  }

  /** Attempts are numbered on from the first, as many as there may be. */
  function callWithSdk(request: ProbeRequest, intendedMs: number): void {
    if (callSdk === undefined) throw new Error('it asks for a call of the SDK, and there is none');
    const call = 1 + Math.max(0, ...exchanges.map(({ sdk }) => sdk?.call ?? 0));
    const order = { auditId: run.auditId, probe: sent + 1, request, intendedMs, call };
    sent += maxSdkAttempts;
    record(order, callSdk(order));
  }

  async function readFrom({ fromMs, toMs }: MeterWindow, askedMs: number): Promise<MeterReading> {
    tellProgress();
    if (readMeter !== undefined) return readMeter({ fromMs, toMs }, run.signal);
    return { askedMs, fromMs, toMs, state: 'trouble', because: 'the gateway has no meter', rows: [] };
  }

  function record({ probe, request }: ProbeOrder, answers: Promise<readonly Exchange[]>): void {
    const finished = answers
      .then((recorded) => {
        exchanges.push(...recorded);
      })
      .finally(() => {
        underWay.delete(probe);
        tellProgress();
      })
      .catch((error: unknown) => {
        broken(error, `send probe ${probe} of`);
      });
    underWay.set(probe, { boundTokens: boundTokensOf(request), finished });
    tellProgress();
  }

  /** Beside a wait, so that no probe is late for it. */
  async function tendWhenDue(nowMs: number): Promise<void> {
    if (run.keeper !== undefined && nowMs >= run.keeper.dueMs()) await run.keeper.tend({ exchanges, meterReadings });
  }

  async function waitUntil(untilMs: number, nowMs: number): Promise<void> {
    tellProgress();
    // A moment that has passed still costs a millisecond: a check that asks for it again must not stop the clock.
    const nextTendMs = Math.max(run.keeper?.dueMs() ?? Number.POSITIVE_INFINITY, nowMs + tendPauseMs);
    const atMs = Math.min(Math.max(untilMs, nowMs + 1), run.bounds.endsAtMs, nextTendMs);
    const nap = new AbortController();
    const signal = run.signal === undefined ? nap.signal : AbortSignal.any([nap.signal, run.signal]);
    const woken = clock.sleepUntil(atMs, signal).then(
      () => atMs,
      (error: unknown) => {
        if (!signal.aborted) throw error;
        return null;
      },
    );
    const interrupted = [...underWay.values()].map(({ finished }) => finished.then(() => null));
    wokenAtMs = await Promise.race([woken, ...interrupted]);
    nap.abort();
  }

  function broken(error: unknown, doing: string): RunEnd {
    const audit = `audit ${run.auditId} (${run.check.name}) of customer ${run.declared.customer.id}`;
    const fault = asFault(error, `${doing} ${audit}`);
    faults.push(fault);
    return { why: 'broken', fault };
  }

  function tellProgress(): void {
    const elapsedMs = clock.nowMs() - run.startedMs;
    run.onProgress?.({ phase, probes: sent, inFlight: underWay.size, tokens: totalCost(exchanges), elapsedMs });
  }
}

function stopped(because: string): RunEnd {
  return { why: 'stopped', because };
}

import type { Charge, Check, Evidence, Judgement } from '../../../src/audit/check';
import type { Declaration } from '../../../src/audit/declaration';
import type { Exchange } from '../../../src/probe/exchange';
import type { PendingAnswer, SimulatedGateway } from './simulated-gateway';

export interface SimulatedAudit {
  readonly evidence: Evidence;
  readonly judgement: Judgement;
}

export interface Simulation {
  readonly check: Check;
  readonly declared: Declaration;
  readonly gateway: SimulatedGateway;
  readonly startMs: number;
  readonly priorCharges?: readonly Charge[];
  /** Somebody else's calls on the counter, in order of time. */
  readonly others?: readonly { readonly atMs: number; readonly tokens: number }[];
}

interface Event {
  readonly atMs: number;
  readonly happen: () => void;
}

const longestMs = 10 * 60_000;

/** Runs one audit of pure functions on virtual time, without promises: thousands a minute. */
export function simulateAudit(simulation: Simulation): SimulatedAudit {
  const { check, declared, gateway, startMs, priorCharges = [] } = simulation;
  let events: Event[] = (simulation.others ?? []).map(({ atMs, tokens }) => ({
    atMs,
    happen: () => gateway.charge(atMs, tokens),
  }));
  const exchanges: Exchange[] = [];
  let inFlight = 0;
  let probes = 0;
  let nowMs = startMs;

  const at = (atMs: number, happen: () => void): void => {
    events.push({ atMs, happen });
  };
  const stepTo = (untilMs: number): boolean => {
    const next = events.reduce<Event | null>(
      (first, event) => (first === null || event.atMs < first.atMs ? event : first),
      null,
    );
    if (next === null || next.atMs > untilMs) return false;
    events = events.filter((event) => event !== next);
    nowMs = Math.max(nowMs, next.atMs);
    next.happen();
    return true;
  };
  const launch = (answer: PendingAnswer): void => {
    inFlight += 1;
    at(answer.decidesMs, () => {
      const decided = answer.decide();
      let exchange: Exchange | null = null;
      if (decided.chargesMs !== null) at(decided.chargesMs, () => (exchange = decided.finish()));
      at(decided.finishesMs, () => {
        exchanges.push(exchange ?? decided.finish());
        inFlight -= 1;
      });
    });
  };

  for (;;) {
    const step = check.next({
      declared,
      startedMs: startMs,
      nowMs,
      exchanges,
      inFlight,
      priorCharges,
      ledgerSinceMs: 0,
      seed: 1,
    });
    if (step.do === 'stop' || nowMs > startMs + longestMs) {
      const stoppedBecause = step.do === 'stop' ? step.because : 'it took too long';
      const evidence = {
        declared,
        startedMs: startMs,
        finishedMs: nowMs,
        exchanges,
        priorCharges,
        ledgerSinceMs: 0,
        stoppedBecause,
      };
      return { evidence, judgement: check.judge(evidence) };
    }
    if (step.do === 'send') {
      for (const request of step.probes) {
        probes += 1;
        launch(gateway.send(request, probes, nowMs));
      }
      continue;
    }
    if (step.do !== 'wait') throw new Error(`This simulation cannot ${step.do}.`);
    const before = exchanges.length;
    while (exchanges.length === before && stepTo(step.untilMs));
    if (exchanges.length === before) nowMs = Math.max(nowMs + 1, step.untilMs);
  }
}

import type { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import type { SendProbe } from '../../probe/gateway';
import { auditCost, costBasisOf } from '../audit-cost';
import { chargesOn, totalCost } from '../charges';
import type { Check } from '../check';
import type { Declaration } from '../declaration';
import type { Storage, StoredEvidence } from '../ports';
import type { AuditOrder, Report } from '../report';
import { type BegunRun, beginRun } from './begin-run';
import type { BudgetLimits } from './budgets';
import type { ChargeLedger, KnownCharges } from './charge-ledger';
import type { Checkpoint } from './checkpoint';
import { knownChargesOf } from './counters-of-audit';
import { canAfford, utcDayOf } from './day-budget';
import type { RunProgress } from './drive-check';
import { lastAuditsOf } from './earlier-audits';
import { endAttempt, pauseAttempt, type RunningAttempt } from './end-attempt';
import type { HeldLeases } from './hold-leases';
import { keepDone } from './keep-trailing-rows';
import { lastThatMeasured } from './last-that-measured';
import { type OpenedGateway, type OpenGateway, withGateway } from './open-gateway';
import { runAudit } from './run-audit';
import { createRunKeeper } from './run-keeper';
import { createTokenReserve, leftOf, reservationIdOf } from './token-reserve';
import { giveUp, refuseForBudget } from './unrun-audit';

/** No check asks for as many; whatever goes wrong with one, a gateway gets no more. */
export const maxProbesOfAudit = 10_000;

/** An audit that broke off so often is given up: it may be what makes its workers crash. */
const maxBrokenAttempts = 3;

/** Some four small probes: not every one asks storage first. Tokens. */
const leastChunkTokens = 150;

/** However often an audit pauses, it ends after so long: a queue keeps a message from being seen for seven days at most. */
const longestAuditMs = 8 * 86_400_000;

/** One audit whose pointer and claim are in storage, to be run now. */
export interface RecordedRun {
  readonly order: AuditOrder;
  readonly check: Check;
  readonly declared: Declaration;
  /** When whoever runs it will have stopped it; epoch ms. */
  readonly endsAtMs: number;
  /** From here on it pauses, to be gone on with by somebody else; absent: it never pauses. */
  readonly pausesAtMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

export interface RecordedRunPorts {
  readonly openGateway: OpenGateway;
  readonly clock: Clock;
  readonly storage: Pick<Storage, 'history' | 'limits' | 'open' | 'budgets'>;
  readonly ledger: ChargeLedger;
  /** On all that the audit must have to itself. */
  readonly held: HeldLeases;
  /** Tokens a day of the whole service; absent: no limit. */
  readonly serviceTokensPerDay?: number | undefined;
}

export interface RecordedAudit {
  readonly state: 'done';
  readonly report: Report;
  /** Trouble of ours that ended it. */
  readonly fault: AuditorError | null;
  /** The audits of their own that earlier, broken attempts became. */
  readonly broken: readonly Report[];
}

export interface PausedRecordedAudit {
  readonly state: 'paused';
  readonly resumeAtMs: number;
  readonly broken: readonly Report[];
}

/**
 * Runs an audit and keeps it: attempt, claim, the run itself, charges and budget, one transaction for report and
 * evidence, then the rows that follow from it. One that is done already (its message came again) only gets those rows
 * once more; one that must wait for longer than this run may last keeps what it saw and pauses.
 */
export function runRecordedAudit(
  run: RecordedRun & { readonly pausesAtMs?: never },
  ports: RecordedRunPorts,
): Promise<RecordedAudit>;
export function runRecordedAudit(
  run: RecordedRun,
  ports: RecordedRunPorts,
): Promise<RecordedAudit | PausedRecordedAudit>;
export async function runRecordedAudit(
  run: RecordedRun,
  ports: RecordedRunPorts,
): Promise<RecordedAudit | PausedRecordedAudit> {
  const { order, declared, check } = run;
  const { storage, clock } = ports;
  const begun = await beginRun(run, ports);
  if (begun === null) return { state: 'done', report: await keepDone(order, storage), fault: null, broken: [] };
  const { pointer, resumed, broken } = begun;
  if ((pointer.brokenAttempts ?? 0) >= maxBrokenAttempts) {
    return { state: 'done', report: await giveUp(run, pointer, ports), fault: null, broken };
  }
  await storage.open.setRunning(order.customerId, order.check, order.auditId, clock.nowMs());

  const limits = budgetLimitsOf(declared, ports);
  const key = { day: utcDayOf(clock.nowMs()), customerId: order.customerId };
  const leftTokens = leftOf(await storage.budgets.read(key), limits);
  if (resumed === null && !canAfford(check.name, declared, leftTokens)) {
    const report = await refuseForBudget({ ...run, leftTokens }, pointer, ports);
    return { state: 'done', report, fault: null, broken };
  }
  return runAttempt(run, { begun, limits }, ports);
}

async function runAttempt(
  run: RecordedRun,
  { begun, limits }: { readonly begun: BegunRun; readonly limits: BudgetLimits },
  ports: RecordedRunPorts,
): Promise<RecordedAudit | PausedRecordedAudit> {
  const { order, declared, check, endsAtMs, pausesAtMs } = run;
  const { storage, ledger, clock, held } = ports;
  const { pointer, resumed, broken } = begun;
  const { attempt, sinceMs } = pointer;
  const { customerId, auditId } = order;
  const startedMs = resumed?.startedMs ?? clock.nowMs();
  const earlier = resumed?.evidence.exchanges ?? [];
  const earlierTokens = totalCost(earlier);
  const known = {
    ...chargesBefore(await knownChargesOf(declared, ledger), { begun, customerId, startedMs }),
    ...(await countsToGoOnFrom(run, resumed?.evidence ?? null, storage)),
  };
  const earlierAudits = await lastAuditsOf(customerId, check.knows ?? [], storage.history);
  const { mostTokens } = auditCost(check.name, costBasisOf(declared), declared.settings);
  const reserve = createTokenReserve({
    budgets: storage.budgets,
    clock,
    customerId,
    reservationId: reservationIdOf(auditId, attempt),
    limits,
    chunkTokens: Math.max(leastChunkTokens, Math.ceil(mostTokens / 4)),
  });
  const keeper = createRunKeeper({
    clock,
    held,
    reserve,
    earlierTokens,
    keep: ({ exchanges, meterReadings }) => {
      const metered = meterReadings.length > 0 ? { meterReadings } : {};
      const evidence = { exchanges, ...known, ...metered };
      return storage.history.saveCheckpoint(order, { startedMs, evidence }, { attempt });
    },
  });
  const ready = {
    ...run,
    ...known,
    earlierAudits,
    keeper,
    bounds: {
      tokens: earlierTokens + declared.customer.maxTokensPerDay,
      probes: maxProbesOfAudit,
      endsAtMs: pausesAtMs === undefined ? endsAtMs : startedMs + longestAuditMs,
      ...(pausesAtMs !== undefined && { pausesAtMs }),
    },
    resumed: { startedMs, ...resumed?.evidence, exchanges: earlier },
  };
  const outcome = await withGateway(ports.openGateway, declared, (sendProbe: SendProbe, more: Partial<OpenedGateway>) =>
    runAudit(ready, { ...more, sendProbe, clock }),
  );
  const running: RunningAttempt = { order, declared, attempt, sinceMs, startedMs, earlier, reserve, endsAtMs };
  if (outcome.state === 'done') return { state: 'done', ...(await endAttempt(running, outcome, ports)), broken };
  const { exchanges, meterReadings, resumeAtMs } = outcome;
  const evidence = { exchanges, ...known, ...(meterReadings && { meterReadings }) };
  const overtaken = await pauseAttempt(running, { evidence, resumeAtMs }, ports);
  return overtaken === null
    ? { state: 'paused', resumeAtMs, broken }
    : { state: 'done', report: overtaken.report, fault: overtaken.fault, broken };
}

/** Where the last audit of this check could not decide, this one goes on with its counts; a pause keeps what it had. */
async function countsToGoOnFrom(
  { check, declared, order }: RecordedRun,
  resumed: StoredEvidence | null,
  { history }: Pick<Storage, 'history'>,
): Promise<Pick<StoredEvidence, 'earlierCounts'>> {
  if (resumed !== null) return resumed.earlierCounts ? { earlierCounts: resumed.earlierCounts } : {};
  if (check.goesOnFrom === undefined) return {};
  const last = await lastThatMeasured(order, history);
  const earlierCounts = last === null ? null : check.goesOnFrom(last, declared);
  return earlierCounts === null ? {} : { earlierCounts };
}

export function budgetLimitsOf(
  { customer }: Declaration,
  { serviceTokensPerDay }: Pick<RecordedRunPorts, 'serviceTokensPerDay'>,
): BudgetLimits {
  return {
    customer: customer.maxTokensPerDay,
    ...(serviceTokensPerDay !== undefined && { service: serviceTokensPerDay }),
  };
}

/**
 * What an attempt knows of the counter's charges. What one that broke off had charged is not wholly known: the ledger
 * is complete from the fresh start on only. One that goes on knows what it knew, and whatever came in the meantime.
 */
function chargesBefore(
  now: KnownCharges,
  { begun, customerId, startedMs }: { begun: BegunRun; customerId: string; startedMs: number },
): KnownCharges {
  const { pointer, resumed } = begun;
  if (resumed !== null) return chargesSince(now, resumed, customerId);
  return pointer.brokenAttempts === undefined ? now : { ...now, ledgerSinceMs: startedMs };
}

function chargesSince(now: KnownCharges, { evidence }: Checkpoint, customerId: string): KnownCharges {
  const { priorCharges, ledgerSinceMs, exchanges } = evidence;
  const own = [...priorCharges, ...chargesOn(customerId, customerId, exchanges)];
  const lastMs = Math.max(0, ...own.map(({ receivedMs }) => receivedMs));
  const newer = now.priorCharges.filter(({ receivedMs }) => receivedMs > lastMs);
  if (newer.length === 0) return { priorCharges, ledgerSinceMs };
  const sinceMs = Math.max(ledgerSinceMs, now.ledgerSinceMs);
  return { priorCharges: [...priorCharges, ...newer], ledgerSinceMs: sinceMs };
}

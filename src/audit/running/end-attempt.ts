import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import type { Exchange } from '../../probe/exchange';
import { totalCost } from '../charges';
import type { Declaration } from '../declaration';
import type { Storage, StoredEvidence } from '../ports';
import type { AuditOrder, Report } from '../report';
import type { ChargeLedger } from './charge-ledger';
import { addChargesOf } from './counters-of-audit';
import { keepTrailingRows } from './keep-trailing-rows';
import { recordOvertaken } from './record-broken';
import type { FinishedAudit } from './run-audit';
import { withPatience } from './storage-patience';
import type { TokenReserve } from './token-reserve';

/** An attempt at an audit whose probing is over. */
export interface RunningAttempt {
  readonly order: AuditOrder;
  readonly declared: Declaration;
  readonly attempt: number;
  /** When the attempt began, as its pointer says, and when the audit did; epoch ms. */
  readonly sinceMs: number;
  readonly startedMs: number;
  /** What the audit had seen before this attempt. */
  readonly earlier: readonly Exchange[];
  readonly reserve: TokenReserve;
  readonly endsAtMs: number;
}

export interface EndPorts {
  readonly storage: Pick<Storage, 'history' | 'limits' | 'open'>;
  readonly ledger: ChargeLedger;
  readonly clock: Clock;
}

interface KeptReport {
  readonly report: Report;
  readonly fault: AuditorError | null;
}

/** However late it is, storage that is down gets so long to come back before what was seen is lost. */
const leastPatienceMs = 60_000;

/** Ends a finished attempt: charges and budget, report and evidence, the rows that follow from them. */
export async function endAttempt(
  running: RunningAttempt,
  { draft, evidence, fault }: FinishedAudit,
  ports: EndPorts,
): Promise<KeptReport> {
  const { order, attempt } = running;
  const { storage } = ports;
  const patience = patienceOf(running, ports);
  const beyondTokens = await keepCosts(running, evidence, ports);
  const told = beyondTokens > 0 ? { ...draft, stoppedBecause: withBeyond(draft, beyondTokens) } : draft;
  // The same moment in every try: a commit whose answer was lost must be known again.
  const fence = { attempt, nowMs: ports.clock.nowMs() };
  return orOvertaken(running, { evidence, ports }, async () => {
    const report = await withPatience(() => storage.history.commit(told, evidence, fence), patience);
    const { exchanges } = evidence;
    await withPatience(() => keepTrailingRows({ report, exchanges }, storage), patience);
    await storage.history.dropCheckpoint(order);
    return { report, fault };
  });
}

/** Keeps what an attempt saw, to go on with later; null, or the record of it where another attempt has overtaken it. */
export async function pauseAttempt(
  running: RunningAttempt,
  { evidence, resumeAtMs }: { readonly evidence: StoredEvidence; readonly resumeAtMs: number },
  ports: EndPorts,
): Promise<KeptReport | null> {
  const { order, attempt, startedMs } = running;
  const { storage } = ports;
  const patience = patienceOf(running, ports);
  await keepCosts(running, evidence, ports);
  const fence = { attempt, resumesAtMs: resumeAtMs };
  return orOvertaken(running, { evidence, ports }, async () => {
    await withPatience(() => storage.history.saveCheckpoint(order, { startedMs, evidence }, fence), patience);
    const { customerId, check, auditId } = order;
    await withPatience(() => storage.open.setRunning(customerId, check, auditId, resumeAtMs), patience);
    return null;
  });
}

function withBeyond({ stoppedBecause }: FinishedAudit['draft'], tokens: number): string {
  return `${stoppedBecause}; its probes cost ${tokens} tokens more than they were bound to, by the gateway's own count`;
}

/** What this attempt charged and spent; before its end is stored, so that a crash in between counts too much, never too little. */
async function keepCosts(running: RunningAttempt, evidence: StoredEvidence, ports: EndPorts): Promise<number> {
  const { declared, earlier, reserve } = running;
  const own = evidence.exchanges.slice(earlier.length);
  const patience = patienceOf(running, ports);
  await withPatience(() => addChargesOf(declared, own, ports.ledger), patience);
  return withPatience(() => reserve.settle(totalCost(own)), patience);
}

async function orOvertaken<Kept>(
  running: RunningAttempt,
  { evidence, ports }: { readonly evidence: StoredEvidence; readonly ports: EndPorts },
  keep: () => Promise<Kept>,
): Promise<Kept | KeptReport> {
  try {
    return await keep();
  } catch (error) {
    if (!(error instanceof AuditorError) || error.code !== 'conflict') throw error;
    const patience = patienceOf(running, ports);
    const report = await withPatience(() => recordOvertaken({ ...running, evidence }, ports), patience);
    return { report, fault: error };
  }
}

function patienceOf({ endsAtMs }: RunningAttempt, { clock }: EndPorts) {
  return { clock, untilMs: Math.max(endsAtMs, clock.nowMs() + leastPatienceMs) };
}

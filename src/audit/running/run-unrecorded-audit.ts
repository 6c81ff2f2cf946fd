import type { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import { totalCost } from '../charges';
import { hashOfReport } from '../proof/hash-chain';
import type { Report } from '../report';
import type { ChargeLedger } from './charge-ledger';
import { addChargesOf, knownChargesOf } from './counters-of-audit';
import { asFault } from './fault';
import { type OpenGateway, withGateway } from './open-gateway';
import { runAudit } from './run-audit';
import { maxProbesOfAudit, type RecordedRun } from './run-recorded-audit';

export interface UnrecordedRunPorts {
  readonly openGateway: OpenGateway;
  readonly clock: Clock;
  readonly ledger: ChargeLedger;
  /** Tokens that audits of this process have spent so far, by customer. */
  readonly spent: Map<string, number>;
}

/** Runs an audit that nobody keeps: its report stands in no chain (sequence 0), only its charges are remembered. */
export async function runUnrecordedAudit(
  run: RecordedRun,
  ports: UnrecordedRunPorts,
): Promise<{ readonly report: Report; readonly fault: AuditorError | null }> {
  const { declared, endsAtMs } = run;
  const { clock, ledger, spent } = ports;
  const { id, maxTokensPerDay } = declared.customer;
  const spentBefore = spent.get(id) ?? 0;
  const bounds = { tokens: Math.max(0, maxTokensPerDay - spentBefore), probes: maxProbesOfAudit, endsAtMs };
  const ready = { ...run, ...(await knownChargesOf(declared, ledger)), bounds };
  const { draft, evidence, fault } = await withGateway(ports.openGateway, declared, (sendProbe, more) =>
    runAudit(ready, { ...more, sendProbe, clock }),
  );
  spent.set(id, spentBefore + totalCost(evidence.exchanges));
  const forgotten = await addChargesOf(declared, evidence.exchanges, ledger).then(
    () => null,
    (error: unknown) => asFault(error, 'remember when a counter was last charged'),
  );
  const unplaced = { ...draft, sequence: 0, previousHash: '', hash: '' };
  return { report: { ...unplaced, hash: hashOfReport(unplaced) }, fault: fault ?? forgotten };
}

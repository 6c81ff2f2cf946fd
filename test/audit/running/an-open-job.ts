import type { AuditJob } from '../../../src/audit/ports';
import { genesisHash, hashOfReport } from '../../../src/audit/proof/hash-chain';
import type { Report } from '../../../src/audit/report';
import type { TestApp } from '../../app/an-app';

/** Queues what is due and answers its one job. */
export async function plannedJobOf({ app, sent }: TestApp): Promise<AuditJob> {
  await app.planDue();
  const job = sent.at(-1)?.job;
  if (job === undefined) throw new Error('Nothing was due.');
  return job;
}

/** A customer's whole history, oldest first; throws where its chain is broken. */
export async function chainOf({ storage }: Pick<TestApp, 'storage'>, customerId = 'contoso'): Promise<Report[]> {
  const { audits } = await storage.history.list(customerId, { top: 1000 });
  const oldestFirst = audits.toReversed();
  let previousHash = genesisHash;
  for (const [at, report] of oldestFirst.entries()) {
    const isLink = report.sequence === at + 1 && report.previousHash === previousHash;
    if (!isLink || report.hash !== hashOfReport(report)) throw new Error(`The chain breaks at ${report.sequence}.`);
    previousHash = report.hash;
  }
  return oldestFirst;
}

import type { CheckName } from '../../audit/declaration';
import { checkNames } from '../../audit/declaration';
import type { CustomerUsage, DaySpan } from '../../audit/history/customer-usage';
import type { AuditRecord } from '../../audit/history/read-audit';
import type { Integrity } from '../../audit/proof/verify-chain';
import type { Report } from '../../audit/report';
import type { AuditService } from '../audit-service';

/** A period of the history; ISO 8601, both inclusive, absent where it is open. */
export interface Period {
  readonly from?: string;
  readonly to?: string;
}

export type DoneAudit = Extract<AuditRecord, { readonly state: 'done' }>;

/** What an audit pack is made from. */
export interface AuditPack {
  readonly customerId: string;
  readonly period: Period;
  /** Newest first. */
  readonly audits: readonly Report[];
  /** Whether the period holds more audits than are told one by one. */
  readonly isCut: boolean;
  /** Of each check the latest audit of the period that ran, with its evidence. */
  readonly latest: readonly DoneAudit[];
  readonly usage: CustomerUsage;
  readonly integrity: Integrity;
}

/** So many audits are told one by one: a file that opens anywhere must not have a hundred thousand rows. */
const mostAudits = 2000;

export type PackSource = Pick<AuditService, 'history' | 'readAudit' | 'usage' | 'integrity'>;

/** Reads all that a pack tells. Throws `not-found` for a customer that nobody knows. */
export async function gatherPack(service: PackSource, customerId: string, period: Period): Promise<AuditPack> {
  const { audits, isCut } = await readHistory(service, customerId, period);
  const ids = checkNames.flatMap((check) => latestOf(check, audits) ?? []);
  const records = await Promise.all(ids.map((auditId) => service.readAudit(customerId, auditId)));
  const latest = records.filter((record) => record.state === 'done');
  const [usage, integrity] = await Promise.all([
    service.usage(customerId, daysOf(period)),
    service.integrity(customerId),
  ]);
  return { customerId, period, audits, isCut, latest, usage, integrity };
}

function daysOf({ from, to }: Period): DaySpan {
  return { ...(from && { from: from.slice(0, 10) }), ...(to && { to: to.slice(0, 10) }) };
}

async function readHistory(
  service: Pick<AuditService, 'history'>,
  customerId: string,
  period: Period,
): Promise<{ readonly audits: readonly Report[]; readonly isCut: boolean }> {
  const audits: Report[] = [];
  let continuationToken: string | null = null;
  do {
    const filter = { ...period, top: Math.min(1000, mostAudits - audits.length) };
    const page = await service.history(customerId, {
      ...filter,
      ...(continuationToken !== null && { continuationToken }),
    });
    audits.push(...page.audits);
    continuationToken = page.continuationToken;
  } while (continuationToken !== null && audits.length < mostAudits);
  return { audits, isCut: continuationToken !== null };
}

/** Where the latest was judged again, that record: the same evidence by the rules of today. */
function latestOf(check: CheckName, audits: readonly Report[]): string | undefined {
  const ofCheck = audits.filter((report) => report.check === check && !report.missed);
  const latest = ofCheck.find(({ rejudgementOf }) => rejudgementOf === undefined);
  const again = latest && ofCheck.find(({ rejudgementOf }) => rejudgementOf === latest.auditId);
  return (again ?? latest)?.auditId;
}

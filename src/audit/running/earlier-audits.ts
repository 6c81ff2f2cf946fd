import type { CheckName } from '../declaration';
import type { History } from '../ports';
import type { Estimate, Report } from '../report';
import type { Verdict } from '../verdict';

/** What an audit knows of an earlier one of the same customer. */
export interface EarlierAudit {
  readonly check: CheckName;
  readonly auditId: string;
  readonly gatewayId: string;
  /** As they were sold then. */
  readonly tokensPerMinute: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** By rule. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly estimate: Estimate;
}

/** What broke off, did not run or only judged older evidence is no audit to go by; so many may stand in between. */
const mostLookedAt = 20;

/** The last audit of each of these checks that came to its end. */
export async function lastAuditsOf(
  customerId: string,
  checks: readonly CheckName[],
  { list }: Pick<History, 'list'>,
): Promise<readonly EarlierAudit[]> {
  const found: EarlierAudit[] = [];
  for (const check of checks) {
    const { audits } = await list(customerId, { check, top: mostLookedAt });
    const last = audits.find(isWhole);
    if (last === undefined) continue;
    found.push(toEarlier(last));
  }
  return found;
}

function toEarlier({ check, auditId, gatewayId, declared, startedAt, finishedAt, findings, estimate }: Report) {
  const { tokensPerMinute } = declared.customer;
  const verdicts = Object.fromEntries(findings.map(({ rule, verdict }) => [rule, verdict]));
  return { check, auditId, gatewayId, tokensPerMinute, startedAt, finishedAt, verdicts, estimate };
}

function isWhole({ interrupted, missed, rejudgementOf }: Report): boolean {
  return !interrupted && !missed && rejudgementOf === undefined;
}

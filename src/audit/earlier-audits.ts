import type { CheckName } from './declaration';
import type { History } from './ports';
import type { Estimate, Report } from './report';

/** What an audit knows of an earlier one of the same customer. */
export interface EarlierAudit {
  readonly check: CheckName;
  readonly auditId: string;
  readonly finishedAt: string;
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
    const { auditId, finishedAt, estimate } = last;
    found.push({ check, auditId, finishedAt, estimate });
  }
  return found;
}

function isWhole({ interrupted, missed, rejudgementOf }: Report): boolean {
  return !interrupted && !missed && rejudgementOf === undefined;
}

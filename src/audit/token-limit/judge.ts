import type { Evidence, Judgement } from '../check';
import type { Estimate } from '../report';
import type { Finding } from '../verdict';
import { judgeConsumedHeader } from './judge-consumed-header';
import { judgeKind } from './judge-kind';
import { intervalOf, judgeEnforced, judgeValue } from './judge-limit';
import { judgeRecovery } from './judge-recovery';
import { judgeRemainingHeader } from './judge-remaining-header';
import { judgePromiseHonest, judgePromisePresent } from './judge-retry-after';
import { judgeSurfaces } from './judge-surfaces';
import { refusesByEstimate } from './ledger';
import { apartFromSurfaces } from './surfaces';
import { type View, viewOf } from './view';

/** Judges the evidence of a token-limit audit, rule by rule. */
export function judgeTokenLimit(evidence: Evidence): Judgement {
  const view = viewOf(apartFromSurfaces(evidence));
  const findings: readonly (Finding | null)[] = [
    judgeEnforced(view),
    judgeValue(view),
    judgeKind(view),
    judgePromisePresent(view),
    judgePromiseHonest(view),
    judgeConsumedHeader(view),
    judgeRemainingHeader(view),
    judgeRecovery(view),
    ...judgeSurfaces(evidence),
  ];
  return { findings: findings.filter((finding) => finding !== null), estimate: estimateOf(view) };
}

function estimateOf(view: View): Estimate {
  const interval = intervalOf(view);
  const used = view.ledger.charges.filter((charge) => charge.low > 0);
  const firstRefusal = view.ledger.refusals[0];
  const atRefusal = used.filter((charge) => firstRefusal !== undefined && charge.toMs <= firstRefusal.sentMs);
  const overshoot = atRefusal.reduce((total, charge) => total + charge.low, 0) - Math.max(interval.low, view.limit);
  return {
    ...(view.ledger.admissions.length > 0 ? { tokensPerMinute: interval } : {}),
    limiter: view.kind,
    ...(firstRefusal !== undefined ? { overshootTokens: Math.max(0, overshoot) } : {}),
    counters: view.possible.length === 0 && view.alone ? Math.max(2, view.counters) : view.counters,
    ...(refusesByEstimate(view.evidence.exchanges) ? { promptsEstimated: true } : {}),
  };
}

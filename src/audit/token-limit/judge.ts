import type { Evidence, Judgement } from '../check';
import type { Finding } from '../verdict';
import { estimateOf } from './estimate';
import { judgeConsumedHeader } from './judge-consumed-header';
import { judgeKind } from './judge-kind';
import { judgeEnforced, judgeValue } from './judge-limit';
import { judgeRecovery } from './judge-recovery';
import { judgeRemainingHeader } from './judge-remaining-header';
import { judgePromiseHonest, judgePromisePresent } from './judge-retry-after';
import { judgeSurfaces } from './judge-surfaces';
import { apartFromSurfaces } from './surfaces';
import { viewOf } from './view';

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

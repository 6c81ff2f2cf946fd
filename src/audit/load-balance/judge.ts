import type { Evidence, Judgement } from '../check';
import type { Estimate } from '../report';
import type { Finding } from '../verdict';
import { compressTimeline } from './compress-timeline';
import { judgeIdentified, judgeResidency } from './judge-backends';
import { judgeFailover } from './judge-failover';
import { judgePriority } from './judge-priority';
import { judgeRecovery } from './judge-recovery';
import { judgeSpread, sharesOf } from './judge-spread';
import { type View, viewOf } from './view';

/** Judges the evidence of a load-balance audit, rule by rule. Without a declared pool there is nothing to judge. */
export function judgeLoadBalance(evidence: Evidence): Judgement {
  const view = viewOf(evidence);
  if (view === null) return { findings: [], estimate: {} };
  const findings: readonly (Finding | null)[] = [
    judgeIdentified(view),
    judgeResidency(view),
    judgeSpread(view),
    judgePriority(view),
    judgeFailover(view),
    judgeRecovery(view),
  ];
  return { findings: findings.filter((finding) => finding !== null), estimate: estimateOf(view) };
}

function estimateOf(view: View): Estimate {
  const shares = sharesOf(view);
  const failoverMs = longest(
    view.episodes.map(({ failures, takenOverBy }) =>
      takenOverBy === null || failures[0] === undefined
        ? null
        : takenOverBy.exchange.receivedMs - failures[0].exchange.receivedMs,
    ),
  );
  const recoveryMs = longest([
    ...view.episodes.map(({ lastFailure, takenOverBy, back }) =>
      takenOverBy === null || back === null ? null : back.exchange.receivedMs - lastFailure.exchange.receivedMs,
    ),
  ]);
  const timeline = compressTimeline(view.outcomes);
  return {
    ...(shares === null ? {} : { shares }),
    ...(failoverMs === null ? {} : { failoverMs }),
    ...(recoveryMs === null ? {} : { recoveryMs }),
    ...(timeline.length === 0 ? {} : { timeline }),
  };
}

function longest(timesMs: readonly (number | null)[]): number | null {
  const known = timesMs.filter((ms) => ms !== null);
  return known.length === 0 ? null : Math.max(...known);
}

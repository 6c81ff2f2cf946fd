import { unreadConfiguration } from '../../apim/unread-configuration';
import type { Evidence, Judgement } from '../check';
import type { Finding, Verdict } from '../verdict';
import { type DriftView, type RequestWay, viewDrift } from './drift-view';
import { asSentence, type Decision, decided, undecided } from './finding';
import { judgeBreakerConfigured } from './judge-breaker';
import {
  judgeCounterConfigured,
  judgeCountersConfigured,
  judgeHeadersConfigured,
  judgeLimiterConfigured,
} from './judge-gateway';
import { judgeChanged, judgeEnforced } from './judge-history';
import { judgeLimitConfigured, judgeLimitReachable, judgeNoWay, judgeQuotaConfigured } from './judge-limit';
import { judgeMeteringConfigured } from './judge-metering';
import { judgePoolConfigured } from './judge-pool';

type WayRule = (view: DriftView, way: RequestWay) => Decision | null;

/** Rules that look at each way; a way that differs from the others' tells. */
const wayRules: Readonly<Record<string, WayRule>> = {
  'limit-configured': judgeLimitConfigured,
  'limit-reachable': judgeLimitReachable,
  'quota-configured': judgeQuotaConfigured,
  'counted-on': judgeCounterConfigured,
  'headers-configured': judgeHeadersConfigured,
  'pool-configured': judgePoolConfigured,
  'breaker-configured': judgeBreakerConfigured,
  'metering-configured': judgeMeteringConfigured,
};

/**
 * Compares what was declared to us with what API Management says and with what was measured. What could not be read
 * never passes; where the API itself could not be read, that is all that is said.
 */
export function judgeConfigDrift(evidence: Evidence): Judgement {
  const { declared, stoppedBecause } = evidence;
  const configuration =
    evidence.apimReading?.configuration ?? unreadConfiguration([{ part: 'service', because: stoppedBecause }]);
  const view = viewDrift(configuration, declared);
  const estimate = { configuration: configuration.hashes };
  const read = named('configuration-read', judgeRead(evidence, view !== null));
  if (view === null) return { findings: read, estimate };
  const findings = [
    ...read,
    ...named('limit-reachable', judgeNoWay(view)),
    ...Object.entries(wayRules).flatMap(([rule, judge]) => named(rule, worstOf(view, judge))),
    ...named('limiter-configured', judgeLimiterConfigured(view)),
    ...named('regional-gateways', judgeCountersConfigured(view)),
    ...named(
      'enforced-as-configured',
      worstOf(view, (one, way) => judgeEnforced(one, way, evidence)),
    ),
    ...named('configuration-changes', judgeChanged(view, evidence)),
  ];
  return { findings, estimate };
}

function judgeRead({ apimReading, declared, stoppedBecause }: Evidence, isRead: boolean): Decision {
  const { resourceId = '', api = '' } = declared.gateway.apim ?? {};
  const expected = `what ${resourceId.split('/').at(-1)} declares of API ${api} can be read`;
  const unread = apimReading?.configuration.unread ?? [{ part: 'service', because: stoppedBecause }];
  if (isRead && unread.length === 0) {
    const parts = Object.keys(apimReading?.configuration.hashes ?? {}).length;
    return decided('pass', { expected, observed: `${parts} parts read`, because: 'All that was asked for was read.' });
  }
  const observed = `not read: ${[...new Set(unread.map(({ part }) => part))].join(', ')}`;
  return undecided(expected, observed, asSentence([...new Set(unread.map(({ because }) => because))].join('; ')));
}

const badness: Readonly<Record<Verdict, number>> = { pass: 0, inconclusive: 1, fail: 2 };

/** The worst of the ways; the first of those that are as bad. */
function worstOf(view: DriftView, judge: WayRule): Decision | null {
  const decisions = view.ways.flatMap((way) => judge(view, way) ?? []);
  return decisions.toSorted((a, b) => badness[b.verdict] - badness[a.verdict])[0] ?? null;
}

function named(rule: string, decision: Decision | null): readonly Finding[] {
  return decision === null ? [] : [{ rule, ...decision }];
}

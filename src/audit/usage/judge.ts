import type { Evidence, Judgement } from '../check';
import { isLikelyCached } from '../likely-cached';
import type { Finding } from '../verdict';
import { judgeAttributed } from './judge-attributed';
import { judgeTokens } from './judge-tokens';
import { surfaceOf } from './ledger';
import { viewWindows, type WindowView } from './window-view';

/** Compares what models reported to us with what the meter stored. */
export function judgeUsage(evidence: Evidence): Judgement {
  const reported = judgeReported(evidence);
  if (evidence.declared.gateway.meter.kind === 'none') return { findings: reported, estimate: {} };
  const { plain, streamed } = viewWindows(evidence);
  const { stoppedBecause } = evidence;
  return {
    findings: [
      ...reported,
      ...(plain ? [judgeTokens('metered', plain, stoppedBecause)] : nothingSent(evidence)),
      ...(streamed ? [judgeTokens('stream-parity', streamed, stoppedBecause)] : []),
      ...judgeAttributed([plain, streamed].filter((view) => view !== null)),
    ],
    estimate: { captureRate: { plain: captureRateOf(plain), streamed: captureRateOf(streamed) } },
  };
}

function judgeReported({ declared, exchanges }: Evidence): readonly Finding[] {
  const answered = exchanges.filter(
    (exchange) => surfaceOf(exchange) === 'plain' && !isLikelyCached(exchange, declared.gateway.headers),
  );
  if (answered.length === 0) return [];
  const rule = 'usage-reported';
  const expected = `usage in each of ${answered.length} answers`;
  const lacking = answered.filter(({ usage }) => usage === null).map(({ probe }) => probe);
  if (lacking.length === 0) {
    const because = 'Every plain answer says what it cost.';
    return [{ rule, verdict: 'pass', expected, observed: 'usage in all of them', because }];
  }
  const because = 'An answer of the model does not say what it cost.';
  return [{ rule, verdict: 'fail', expected, observed: `none in call ${listed(lacking)}`, because }];
}

/** Nothing plain was even sent, though it was to be: with a share of streamed calls of 1 there is no occasion. */
function nothingSent({ declared, exchanges, stoppedBecause }: Evidence): readonly Finding[] {
  if (exchanges.length > 0 || declared.settings.streamedShare >= 1) return [];
  const because = `Nothing was asked: ${stoppedBecause}.`;
  return [{ rule: 'metered', verdict: 'inconclusive', expected: 'calls that are metered', observed: 'none', because }];
}

/** Metered ÷ reported tokens, to a thousandth. */
function captureRateOf(view: WindowView | null): number | null {
  if (view?.seen == null || view.ledger.tokens.total === 0) return null;
  return Math.round((1000 * view.seen.metered.own.tokens.total) / view.ledger.tokens.total) / 1000;
}

function listed(probes: readonly number[]): string {
  return probes.length > 10 ? `${probes.slice(0, 10).join(', ')} …` : probes.join(', ');
}

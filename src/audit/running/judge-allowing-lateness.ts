import type { Exchange } from '../../probe/exchange';
import type { Check, Evidence, Judgement } from '../check';
import type { Finding } from '../verdict';

/** Every rule's own bounds grant half a second between what was done and what was seen. */
const grantedMs = 500;

/** Answers are read within this after a process is no longer held up. */
const catchesUpMs = 100;

/**
 * Judges, and takes no side where our own lateness could have. A probe that was begun late shows that this process was
 * held up from the moment meant until then; what was read at the end of that may have come at any moment of it. Where a
 * verdict is another one if it came at the beginning, it is inconclusive. A probe's own lateness needs no more: rules
 * judge by the moment at which it was sent.
 */
export function judgeAllowingLateness(check: Pick<Check, 'judge'>, evidence: Evidence): Judgement {
  const told = check.judge(evidence);
  const late = evidence.exchanges.filter((exchange) => lateMsOf(exchange) > grantedMs);
  if (late.length === 0) return told;
  const exchanges = evidence.exchanges.map((exchange) => asEarlyAsPossible(exchange, late));
  const other = check.judge({ ...evidence, exchanges });
  const worstMs = Math.round(Math.max(...late.map(lateMsOf)));
  return { ...told, findings: told.findings.map((finding) => undecided(finding, other.findings, worstMs)) };
}

/** How long a connection takes is no lateness of ours: a gateway may be far away. */
function begunMsOf({ begunMs, sentMs }: Exchange): number {
  return begunMs ?? sentMs;
}

function lateMsOf(exchange: Exchange): number {
  return begunMsOf(exchange) - exchange.intendedMs;
}

function asEarlyAsPossible(exchange: Exchange, late: readonly Exchange[]): Exchange {
  const heldUp = late.filter(
    (probe) => exchange.receivedMs > probe.intendedMs && exchange.receivedMs <= begunMsOf(probe) + catchesUpMs,
  );
  if (heldUp.length === 0) return exchange;
  const earliestMs = Math.max(exchange.sentMs, Math.min(...heldUp.map(({ intendedMs }) => intendedMs)));
  const headersMs = exchange.headersMs === null ? null : Math.min(exchange.headersMs, earliestMs);
  return { ...exchange, headersMs, receivedMs: earliestMs };
}

function undecided(finding: Finding, others: readonly Finding[], worstMs: number): Finding {
  const other = others.find(({ rule }) => rule === finding.rule);
  if (finding.verdict === 'inconclusive' || other?.verdict === finding.verdict) return finding;
  const instead = other === undefined ? 'there would be nothing to judge' : `this would be ${other.verdict}`;
  return {
    ...finding,
    verdict: 'inconclusive',
    because: `Our own probes were up to ${worstMs} ms late, and if answers came while this process was held up, ${instead}.`,
  };
}

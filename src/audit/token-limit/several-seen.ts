import type { Evidence } from '../check';
import { slackMs } from './facts';
import { type Ledger, minuteMs } from './ledger';

/**
 * Signs that more than one counter answers, where one is declared. One counter's promises never end earlier than the
 * ones it made before: time does not move them and charges only push them out. And what one counter has left only
 * falls while nothing can have aged out, but for a bucket's refill.
 */
export function severalSeen(evidence: Evidence, ledger: Ledger): boolean {
  return promisesMoveBack(ledger) || remainingRises(evidence, ledger);
}

function promisesMoveBack(ledger: Ledger): boolean {
  const ends = ledger.refusals.flatMap(({ exchange }) =>
    exchange.retryAfterMs === null
      ? []
      : [{ fromMs: exchange.sentMs + exchange.retryAfterMs, toMs: exchange.receivedMs + exchange.retryAfterMs }],
  );
  return ends.some((end, index) => ends.slice(0, index).some((before) => end.toMs < before.fromMs - slackMs));
}

function remainingRises(evidence: Evidence, ledger: Ledger): boolean {
  const { customer, settings } = evidence.declared;
  const firstOutMs = Math.min(...ledger.charges.map((charge) => charge.fromMs)) + minuteMs - slackMs;
  const said = ledger.admissions.filter(
    ({ exchange }) => exchange.remainingTokens !== null && !exchange.asked.streamed && exchange.receivedMs < firstOutMs,
  );
  // Whoever says that more is left than was sold may refill faster, too: a limit that is too high, not another counter.
  const largest = said.map(({ exchange, charge }) => (exchange.remainingTokens ?? 0) + charge.high);
  const most = Math.max(customer.tokensPerMinute, ...largest) * (1 + settings.tolerancePercent / 100);
  return said.some(({ exchange }, index) => {
    const before = said[index - 1]?.exchange;
    if (
      before === undefined ||
      before.receivedMs > exchange.sentMs ||
      crossesMinute(before.sentMs, exchange.receivedMs)
    ) {
      return false;
    }
    const refill = (most * (exchange.receivedMs - before.sentMs)) / minuteMs;
    return (exchange.remainingTokens ?? 0) > (before.remainingTokens ?? 0) + refill + 1;
  });
}

/** A fixed window starts afresh there; its clock may differ from ours a little. */
function crossesMinute(fromMs: number, toMs: number): boolean {
  return Math.floor((toMs + slackMs) / minuteMs) > Math.floor((fromMs - slackMs) / minuteMs);
}

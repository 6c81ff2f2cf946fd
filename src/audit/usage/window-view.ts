import type { Evidence } from '../check';
import { durationMs } from '../duration';
import type { MeterReading, MeterWindow } from '../meter-reading';
import { compareUsage, type Difference, meteredShare, streamedShare } from './compare';
import { ledgerOf, type UsageLedger } from './ledger';
import { type Metered, meteredIn, readingsOf } from './metered';
import { confirmWhereabouts, findMissing, type Whereabouts } from './whereabouts';
import { windowsOf } from './windows';

export type UsageEvidence = Pick<Evidence, 'declared' | 'exchanges' | 'priorCharges' | 'meterReadings'>;

/** All that is known of one window: what we know, what the meter shows, how they differ. */
export interface WindowView {
  readonly window: MeterWindow;
  readonly ledger: UsageLedger;
  /** The last reading; null: the meter was not read. */
  readonly reading: MeterReading | null;
  /** Of the last reading, if that is complete. */
  readonly seen: SeenUsage | null;
  /** Whether two complete readings show different things: the meter is still being filled. */
  readonly isFilling: boolean;
  /** Nobody but this audit can have used the customer's key in the window. */
  readonly isAlone: boolean;
}

export interface SeenUsage {
  readonly metered: Metered;
  readonly difference: Difference;
  readonly whereabouts: Whereabouts;
}

/** A window of the workload; null where nothing was sent in it. */
export function viewWindow(evidence: UsageEvidence, kind: 'plain' | 'streamed'): WindowView | null {
  const { declared, exchanges, meterReadings = [] } = evidence;
  const window = windowsOf(exchanges)[kind];
  if (window === null) return null;
  const sent = exchanges.filter(({ asked }) => asked.streamed === (kind === 'streamed'));
  const hasPlain = sent.length < exchanges.length;
  const ledger = ledgerOf(sent, declared.gateway.headers);
  const share = kind === 'streamed' ? streamedShare : meteredShare;
  const settledMs = Math.max(...sent.map(({ receivedMs }) => receivedMs)) + settleAfterMs(evidence);
  const readings = readingsOf(meterReadings, window).filter(({ askedMs }) => askedMs >= settledMs);
  const complete = readings.filter(({ state }) => state === 'complete');
  const reading = readings.at(-1) ?? null;
  const metered = reading?.state === 'complete' ? meteredIn(reading, ledger.calls, declared) : null;
  const before = complete.at(-2);
  return {
    window,
    ledger,
    reading,
    seen: metered && {
      metered,
      difference: compareUsage(ledger, metered.own, share),
      whereabouts: findMissing(ledger, metered, kind === 'streamed' && hasPlain ? 'near' : 'equal'),
    },
    isFilling:
      metered !== null &&
      before !== undefined &&
      meteredIn(before, ledger.calls, declared).own.tokens.total !== metered.own.tokens.total,
    isAlone: isAloneIn(window, evidence),
  };
}

/** Both windows, plain first; what is found elsewhere in one of them is confirmed by the other. */
export function viewWindows(evidence: UsageEvidence): {
  readonly plain: WindowView | null;
  readonly streamed: WindowView | null;
} {
  const plain = viewWindow(evidence, 'plain');
  const streamed = viewWindow(evidence, 'streamed');
  if (plain?.seen == null || streamed?.seen == null || plain.seen.metered.isByCall) return { plain, streamed };
  const [ofPlain, ofStreamed] = confirmWhereabouts([plain.seen.whereabouts, streamed.seen.whereabouts]);
  return {
    plain: { ...plain, seen: { ...plain.seen, whereabouts: ofPlain ?? plain.seen.whereabouts } },
    streamed: { ...streamed, seen: { ...streamed.seen, whereabouts: ofStreamed ?? streamed.seen.whereabouts } },
  };
}

/** How long after the last call nothing may be said; ms. */
export function settleAfterMs({ declared }: Pick<Evidence, 'declared'>): number {
  const { meter } = declared.gateway;
  return meter.kind === 'none' ? 0 : durationMs(meter.settleAfter);
}

/** Charges of this very audit may be remembered as earlier ones, where it went on after a pause. */
function isAloneIn({ fromMs, toMs }: MeterWindow, { declared, exchanges, priorCharges }: UsageEvidence): boolean {
  const own = new Set(exchanges.map(({ receivedMs }) => receivedMs));
  const others = priorCharges.filter(({ receivedMs }) => !own.has(receivedMs));
  return declared.customer.dedicated && !others.some(({ sentMs, receivedMs }) => receivedMs >= fromMs && sentMs < toMs);
}

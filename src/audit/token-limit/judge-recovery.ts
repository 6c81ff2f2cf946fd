import type { Finding } from '../verdict';
import { bucketPaysIn } from './bounds';
import { slackMs } from './facts';
import { minuteMs, type Refusal } from './ledger';
import { failIfAlone, inconclusive, pass, type View } from './view';

/** After everything of ours has aged out of a window, or refilled in a bucket, a probe must be admitted again. */
export function judgeRecovery(view: View): Finding {
  const rule = 'recovery';
  const { admissions, refusals } = view.ledger;
  const firstRefusal = refusals[0];
  const expected = 'admitted again once what was used has aged out or refilled';
  if (firstRefusal === undefined || !view.saturated) {
    return inconclusive(rule, {
      expected,
      observed: 'the limit was not used up',
      because: `There was nothing to recover from: ${view.evidence.stoppedBecause}.`,
    });
  }
  const overdue = refusals.find((refusal) => refusal.sentMs > mustAdmitAt(view, refusal));
  if (overdue !== undefined) {
    const seconds = Math.round((overdue.sentMs - lastChargeBefore(view, overdue.sentMs)) / 1000);
    return failIfAlone(view, rule, {
      expected,
      observed: `still refused ${seconds} s after the last charge`,
      because: 'A probe was refused after everything of ours must have aged out or refilled.',
    });
  }
  const runEnd = lastOfLongestRun(view);
  const back = admissions.find((admission) => admission.sentMs > runEnd);
  if (back === undefined) {
    return inconclusive(rule, {
      expected,
      observed: 'not admitted again while it was watched',
      because: `Watching ended before it had to be: ${view.evidence.stoppedBecause}.`,
    });
  }
  const seconds = Math.round((back.sentMs - lastChargeBefore(view, back.sentMs)) / 1000);
  return pass(rule, {
    expected,
    observed: `admitted again ${seconds} s after the last charge`,
    because: 'It was admitted again no later than it must be.',
  });
}

/** The latest instant at which the gateway may still refuse a probe, given what was charged before; epoch ms. */
function mustAdmitAt(view: View, { sentMs: atMs, ownPrompt }: Refusal): number {
  const charges = view.ledger.charges.filter((charge) => charge.sentMs < atMs);
  const last = lastChargeBefore(view, atMs);
  const window = last + minuteMs + slackMs;
  const leastLimit = Math.max(1, view.band.low);
  // A gateway that estimates waits until the refused prompt itself fits.
  const promptFitsMs = (minuteMs * ownPrompt) / leastLimit;
  const bucket = last + bucketPaysIn(leastLimit, charges, last) + promptFitsMs + slackMs + view.ledger.spreadMs;
  switch (view.kind) {
    case 'sliding-window':
    case 'fixed-window':
      return window;
    case 'token-bucket':
      return bucket;
    case 'unknown':
      return Math.max(window, bucket);
    default:
      throw new Error(`Unknown limiter kind: ${String(view.kind satisfies never)}`);
  }
}

function lastChargeBefore(view: View, atMs: number): number {
  return Math.max(0, ...view.ledger.charges.filter((charge) => charge.sentMs < atMs).map((charge) => charge.toMs));
}

function lastOfLongestRun(view: View): number {
  const admitted = view.ledger.admissions.map((admission) => admission.sentMs);
  let best = { length: 0, endMs: 0 };
  let length = 0;
  for (const [index, refusal] of view.ledger.refusals.entries()) {
    const previous = view.ledger.refusals[index - 1];
    const broken = previous !== undefined && admitted.some((ms) => ms > previous.sentMs && ms < refusal.sentMs);
    length = broken ? 1 : length + 1;
    if (length > best.length) best = { length, endMs: refusal.sentMs };
  }
  return best.endMs;
}

import type { Finding } from '../verdict';
import { slackMs } from './facts';
import { judgePromiseOfSeveral } from './judge-promise-of-several';
import type { Refusal } from './ledger';
import { type Heading, type Promised, promised, promiseOf, seconds, tellingPromiseMs, windowEnds } from './promises';
import { fail, failIfAlone, inconclusive, pass, type View } from './view';

/** A promise is seen to be kept when the probe sent no later than this after it was admitted. */
const keptWithinMs = slackMs + 2_000;
/** Admissions that must follow each other before a promise counts as too long: another counter's room does not last. */
const admissionsToBelieve = 3;

/** Each refusal of the token limit carries a wait that can be read, in the policy's own header. */
export function judgePromisePresent(view: View): Finding | null {
  const rule = 'retry-after-present';
  const name = view.evidence.declared.gateway.headers.retryAfter;
  if (name === null) return null;
  const { refusals } = view.ledger;
  const expected = `${name} on each refusal, as seconds or a date`;
  if (refusals.length === 0) return notRefused(view, rule, expected);
  const without = refusals.find((refusal) => refusal.exchange.retryAfterMs === null);
  if (without === undefined) {
    const observed = `readable on ${refusals.length} refusals`;
    return pass(rule, { expected, observed, because: 'Every refusal says how long to wait.' });
  }
  const value = without.exchange.headers[name.toLowerCase()];
  return fail(rule, {
    expected,
    observed:
      value === undefined
        ? `absent on probe ${without.exchange.probe}`
        : `"${value}" on probe ${without.exchange.probe}`,
    because: 'A client that is refused cannot tell from it when to come back.',
  });
}

/**
 * Promises are kept and agree with the message. A sliding window's promise must name the end of the oldest charge; a
 * bucket's must end when its debt is paid, which is seen by polling it: refused until then, admitted from then on.
 */
export function judgePromiseHonest(view: View): Finding | null {
  const rule = 'retry-after-honest';
  const name = view.evidence.declared.gateway.headers.retryAfter;
  const expected = 'admitted again when promised, not before and not after, and the message says the same';
  if (view.ledger.refusals.length === 0) return notRefused(view, rule, expected);
  const unlike = view.ledger.refusals.find(
    ({ exchange }) => !agreesWithMessage(exchange.retryAfterMs, exchange.messageWait),
  );
  if (unlike !== undefined) {
    const observed = `${seconds(unlike.exchange.retryAfterMs ?? 0)} in the header, ${seconds(unlike.exchange.messageWait?.waitMs ?? 0)} in the message (probe ${unlike.exchange.probe})`;
    return fail(rule, { expected, observed, because: 'Header and message of one refusal promise different waits.' });
  }
  const promises = view.ledger.refusals.flatMap((refusal) => promiseOf(refusal, name !== null));
  if (promises.length < view.ledger.refusals.length) {
    if (promises.length === 0 && name === null) return null;
    const observed = `${promises.length} of ${view.ledger.refusals.length} refusals carry a readable wait`;
    return inconclusive(rule, {
      expected,
      observed,
      because: 'A refusal without a promise can be neither honest nor a lie.',
    });
  }
  if (view.counters > 1) return judgePromiseOfSeveral(view, promises, { rule, expected });
  if (view.possible.length === 0) {
    const observed = `${promises.length} promises by more than one counter`;
    return inconclusive(rule, {
      expected,
      observed,
      because: 'Which counter promised and which one answered cannot be told.',
    });
  }
  const tooLong = promises.find((promise) => wasAdmittedEarly(view, promise));
  if (tooLong !== undefined && (view.overrun || !view.saturated)) {
    const because =
      'Probes were admitted clearly before the promised time, but another counter may have answered them.';
    return inconclusive(rule, { expected, observed: promised(tooLong), because });
  }
  if (tooLong !== undefined) {
    const byWindow = view.kind === 'sliding-window' ? judgeOfWindow(view, promises, { rule, expected }) : null;
    if (byWindow?.verdict === 'fail') return byWindow;
    const because = 'Probes of the same size were admitted clearly before the promised time, and stayed so.';
    return fail(rule, { expected, observed: promised(tooLong), because });
  }
  switch (view.kind) {
    case 'sliding-window':
      return judgeOfWindow(view, promises, { rule, expected });
    case 'token-bucket':
      return judgeOfBucket(view, promises, { rule, expected });
    case 'fixed-window':
    case 'unknown':
      return judgeOfUnknown(view, promises, { rule, expected });
    default:
      throw new Error(`Unknown limiter kind: ${String(view.kind satisfies never)}`);
  }
}

function judgeOfWindow(view: View, promises: readonly Promised[], { rule, expected }: Heading): Finding {
  const checked = promises.map((promise) => ({ promise, ...windowEnds(view, promise.refusal) }));
  const late = checked.find(({ promise, lastMs }) => promise.fromMs > lastMs + slackMs);
  if (late !== undefined) {
    const because = 'It ends after even the last charge has left the window.';
    return fail(rule, { expected, observed: promised(late.promise), because });
  }
  const early = checked.find(({ promise, firstMs }) => promise.toMs < firstMs - slackMs);
  if (early !== undefined) {
    const because =
      'It ends before even the oldest charge has left the window, so a client that obeys is refused again.';
    return failIfAlone(view, rule, { expected, observed: promised(early.promise), because });
  }
  return keptOrNot(view, promises, { rule, expected });
}

function keptOrNot(view: View, promises: readonly Promised[], { rule, expected }: Heading): Finding {
  const last = promises.at(-1);
  const back = view.ledger.admissions.find(
    (admission) => last !== undefined && admission.sentMs > last.refusal.receivedMs,
  );
  if (last === undefined || back === undefined) {
    const because = `Nothing was admitted again while it was watched: ${view.evidence.stoppedBecause}.`;
    return inconclusive(rule, { expected, observed: `${promises.length} promises, none seen kept`, because });
  }
  const because = 'Each ends when the oldest charge leaves the window, and the last was kept.';
  return pass(rule, { expected, observed: promised(last), because });
}

function judgeOfBucket(view: View, promises: readonly Promised[], { rule, expected }: Heading): Finding {
  const broken = promises.find((promise) => refusedAfter(view, promise) !== undefined);
  if (broken !== undefined) {
    const because = 'A probe was refused after the promised time although nothing was charged in between.';
    return failIfAlone(view, rule, { expected, observed: promised(broken), because });
  }
  const telling = promises.find((promise) => promise.waitMs >= tellingPromiseMs && wasKept(view, promise));
  if (telling !== undefined) {
    const because = 'It was refused up to the promised time and admitted right after.';
    return pass(rule, { expected, observed: promised(telling), because });
  }
  const longest = promises.reduce((a, b) => (b.waitMs > a.waitMs ? b : a));
  const because = `No promise of ${seconds(tellingPromiseMs)} or more was seen kept, and shorter ones cannot be told from a lie.`;
  return inconclusive(rule, { expected, observed: promised(longest), because });
}

function judgeOfUnknown(view: View, promises: readonly Promised[], { rule, expected }: Heading): Finding {
  const because = view.saturated
    ? 'What kind of limiter promised cannot be told, so neither can whether the promise is right.'
    : `The promises could not be waited for: ${view.evidence.stoppedBecause}.`;
  return inconclusive(rule, { expected, observed: `${promises.length} promises`, because });
}

function agreesWithMessage(
  retryAfterMs: number | null,
  messageWait: { waitMs: number; unitMs: number } | null,
): boolean {
  return (
    retryAfterMs === null || messageWait === null || Math.abs(retryAfterMs - messageWait.waitMs) <= messageWait.unitMs
  );
}

/** Admissions of probes at least as large, clearly before the promised end, with no refusal among them. */
function wasAdmittedEarly(view: View, promise: Promised): boolean {
  const asked = promise.refusal.exchange.asked.promptTokens;
  const early = view.ledger.admissions.filter(
    (admission) =>
      admission.sentMs > promise.refusal.receivedMs &&
      admission.decidedByMs < promise.fromMs - slackMs &&
      admission.exchange.asked.promptTokens >= asked,
  );
  const [first] = early;
  const nextRefusal = view.ledger.refusals.find((refusal) => first !== undefined && refusal.sentMs > first.sentMs);
  const untilRefused = early.filter((admission) => nextRefusal === undefined || admission.sentMs < nextRefusal.sentMs);
  return untilRefused.length >= admissionsToBelieve;
}

/** A refusal sent after the promise had ended, with no charge of ours in between. */
function refusedAfter(view: View, promise: Promised): Refusal | undefined {
  return view.ledger.refusals.find(
    (refusal) =>
      refusal.sentMs > promise.toMs + slackMs &&
      refusal.exchange.asked.promptTokens <= promise.refusal.exchange.asked.promptTokens &&
      !view.ledger.charges.some((charge) => charge.toMs > promise.refusal.sentMs && charge.sentMs < refusal.receivedMs),
  );
}

/** Refused shortly before the promised end, and admitted by a probe sent right after it, with no charge in between. */
function wasKept(view: View, promise: Promised): boolean {
  const { receivedMs } = promise.refusal;
  const back = view.ledger.admissions.find((admission) => admission.sentMs > receivedMs);
  const paidFor = view.ledger.charges.some(
    (charge) => charge.toMs > receivedMs && charge !== back?.charge && charge.sentMs < (back?.sentMs ?? 0),
  );
  if (back === undefined || paidFor || back.sentMs > promise.toMs + keptWithinMs) return false;
  const isEarly = back.decidedByMs < promise.fromMs - slackMs;
  const isSmaller = back.exchange.asked.promptTokens < promise.refusal.exchange.asked.promptTokens;
  return !isEarly && !isSmaller;
}

function notRefused(view: View, rule: string, expected: string): Finding {
  return inconclusive(rule, {
    expected,
    observed: 'no refusal',
    because: `The token limit refused nothing while it was audited: ${view.evidence.stoppedBecause}.`,
  });
}

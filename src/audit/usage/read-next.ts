import type { AuditState, Step } from '../check';
import type { MeterWindow } from '../meter-reading';
import { readingsOf } from './metered';
import { settleAfterMs, viewWindow } from './window-view';
import { minuteMs } from './windows';

/** Readings that came to nothing are tried again, with a minute between them. */
const mostTries = 3;
const retryMs = minuteMs;
/** What disagrees is looked at once more before anybody is blamed: a meter may be slower than it was said to be. */
const longestDoubtMs = 15 * minuteMs;

/** What is still to be read once the calls are made; `stop` where nothing is. */
export function readNext(state: AuditState): Step {
  const { exchanges, nowMs } = state;
  if (!exchanges.some(({ status }) => status !== null && status < 300)) {
    return { do: 'stop', because: 'no call was answered, so that there is nothing to meter' };
  }
  const windows = [viewWindow(state, 'plain'), viewWindow(state, 'streamed')].flatMap((view) => view?.window ?? []);
  const quietMs = Math.max(...windows.map(({ toMs }) => toMs));
  if (nowMs < quietMs) return { do: 'wait', phase: 'a quiet minute after the calls', untilMs: quietMs };
  const settledMs = Math.max(...exchanges.map(({ receivedMs }) => receivedMs)) + settleAfterMs(state);
  if (nowMs < settledMs) return { do: 'wait', phase: 'waiting for the meter to settle', untilMs: settledMs };
  const readings = windows.flatMap((window) => nextReading(window, state));
  const [first] = readings.toSorted((a, b) => a.atMs - b.atMs);
  if (first === undefined) return { do: 'stop', because: 'every call was made and the meter was read' };
  if (nowMs < first.atMs) return { do: 'wait', phase: 'waiting to read the meter again', untilMs: first.atMs };
  const { fromMs, toMs } = first.window;
  return { do: 'read-meter', phase: 'reading the meter', fromMs, toMs };
}

function nextReading(
  window: MeterWindow,
  state: AuditState,
): readonly { readonly window: MeterWindow; readonly atMs: number }[] {
  const readings = readingsOf(state.meterReadings ?? [], window);
  const last = readings.at(-1);
  if (last === undefined) return [{ window, atMs: 0 }];
  const complete = readings.filter((reading) => reading.state === 'complete').length;
  if (last.state !== 'complete') {
    return readings.length - complete < mostTries ? [{ window, atMs: last.askedMs + retryMs }] : [];
  }
  if (complete > 1 || isAgreed(window, state)) return [];
  const doubtMs = Math.min(longestDoubtMs, Math.max(minuteMs, settleAfterMs(state) / 2));
  return [{ window, atMs: last.askedMs + doubtMs }];
}

function isAgreed(window: MeterWindow, state: AuditState): boolean {
  const views = [viewWindow(state, 'plain'), viewWindow(state, 'streamed')];
  const view = views.find((one) => one?.window.fromMs === window.fromMs);
  return view?.seen?.difference.kind === 'agrees';
}

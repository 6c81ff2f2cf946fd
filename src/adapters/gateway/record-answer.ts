import type { Dispatcher } from 'undici';
import type { AnswerHeaders } from '../../probe/answer-headers';
import type { Clock } from '../../probe/clock';
import type { Exchange } from '../../probe/exchange';
import { type BodyPart, noteParts } from '../../probe/stream-times';
import { exchangeErrorOf, type HttpStage, stageTimeout } from './exchange-error';
import { growingBytes } from './growing-bytes';

/** Time limits of one request, in ms: to connect (TLS included), to the headers, between two parts of the body, in all. */
export interface HttpTimeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly totalMs: number;
}

/** What came of one request: as far as it got, and when. Epoch ms. */
export interface HttpAnswer {
  readonly begunMs: number;
  readonly sentMs: number;
  readonly headersMs: number | null;
  readonly receivedMs: number;
  readonly status: number | null;
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
  /** When the body had come up to which byte; empty or absent where it is no stream of events. */
  readonly parts?: readonly BodyPart[];
  readonly error: Exchange['error'];
}

export interface Recording {
  readonly clock: Clock;
  readonly timeouts: HttpTimeouts;
  readonly maxBodyBytes: number;
  readonly onAnswer: (answer: HttpAnswer) => void;
  /** The request never was one: it is not valid, or we had closed the connection. */
  readonly onOwnMistake: (cause: unknown) => void;
}

/** An honest server hints once or twice (103) before it answers. */
const maxInterimAnswers = 100;

/**
 * Notes each stage of one request and hands the answer over once, when it has ended or been given up. `sentMs` is
 * the moment when the connection stands and the request is written (or, where it never stood, when we began): a
 * gateway decides soon after that, however long the connection took. The timers are our own, since undici's are
 * only good to a second.
 */
export function recordAnswer(recording: Recording): Dispatcher.DispatchHandler {
  const { clock, timeouts } = recording;
  const begunMs = clock.nowMs();
  const body = growingBytes(recording.maxBodyBytes);
  const parts = noteParts();
  let isEventStream = false;
  let bodyBytes = 0;
  let interimAnswers = 0;
  let sentMs: number | null = null;
  let headersMs: number | null = null;
  let status: number | null = null;
  let headers: AnswerHeaders = {};
  let connection: Dispatcher.DispatchController | null = null;
  let isDone = false;
  const totalDeadlineMs = performance.now() + timeouts.totalMs;
  let deadlineMs = 0;
  let timerDueMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  allow(timeouts.connectMs);

  return {
    onRequestStart(controller) {
      connection = controller;
      if (isDone) {
        stopRequest();
        return;
      }
      sentMs = clock.nowMs();
      allow(timeouts.headersMs);
    },
    onResponseStart(_controller, statusCode, answerHeaders) {
      if (isDone) return;
      if (statusCode < 200) {
        interimAnswers += 1;
        if (interimAnswers > maxInterimAnswers) fail({ code: 'TOO_MANY_INTERIM_ANSWERS' });
        return;
      }
      headersMs = clock.nowMs();
      status = statusCode;
      headers = answerHeaders;
      isEventStream = String(headers['content-type'] ?? '').includes('text/event-stream');
      allow(timeouts.bodyMs);
    },
    onResponseData(_controller, part) {
      if (isDone) return;
      allow(timeouts.bodyMs);
      const length = body.add(part);
      if (length === null) {
        fail({ code: 'BODY_TOO_LARGE' });
        return;
      }
      bodyBytes = length;
      if (isEventStream) parts.add({ endsAt: length, atMs: clock.nowMs() });
    },
    onResponseEnd: () => finish(null),
    onResponseError: (_controller, cause) => fail(cause),
  };

  /** How long we wait from now on. A timer that is due earlier stays and looks again: one a stage would cost too much. */
  function allow(limitMs: number): void {
    const nowMs = performance.now();
    deadlineMs = Math.min(totalDeadlineMs, nowMs + limitMs);
    if (deadlineMs >= timerDueMs) return;
    clearTimeout(timer);
    wakeAtDeadline(nowMs);
  }

  function wakeAtDeadline(nowMs: number): void {
    timerDueMs = deadlineMs;
    timer = setTimeout(onTimer, Math.ceil(deadlineMs - nowMs));
  }

  function onTimer(): void {
    const nowMs = performance.now();
    if (nowMs < deadlineMs) wakeAtDeadline(nowMs);
    else fail(stageTimeout);
  }

  function fail(cause: unknown): void {
    if (isDone) return;
    const error = exchangeErrorOf(cause, stage());
    if (error !== null) {
      finish(error);
      return;
    }
    end();
    recording.onOwnMistake(cause);
  }

  function stage(): HttpStage {
    if (sentMs === null) return { at: 'connecting' };
    if (headersMs === null) return { at: 'waiting' };
    const length = headers['content-length'];
    return { at: 'reading', missesBytes: typeof length === 'string' && bodyBytes < Number(length) };
  }

  function finish(error: Exchange['error']): void {
    if (isDone) return;
    end();
    const receivedMs = clock.nowMs();
    recording.onAnswer({
      begunMs,
      sentMs: sentMs ?? begunMs,
      headersMs,
      receivedMs,
      status,
      headers,
      body: body.bytes(),
      parts: parts.list(),
      error,
    });
    if (error !== null) stopRequest();
  }

  function end(): void {
    isDone = true;
    clearTimeout(timer);
  }

  function stopRequest(): void {
    connection?.abort(new Error('The probe has been given up.'));
  }
}

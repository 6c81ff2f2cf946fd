import { type Dispatcher, request } from 'undici';
import { z } from 'zod';
import type { MeterReading, ReadMeter } from '../../audit/meter-reading';
import type { Clock } from '../../probe/clock';
import { codeOf } from '../gateway/exchange-error';
import { growingBytes } from '../gateway/growing-bytes';

export interface HttpMeterOptions {
  /** Answers `GET url?from=…&to=…` (ISO 8601, the end exclusive) with `{ "rows": [ … ] }`. */
  readonly url: string;
  readonly clock: Clock;
  /** Default 30 s in all. */
  readonly timeoutMs?: number;
  readonly dispatcher?: Dispatcher;
}

const defaultTimeoutMs = 30_000;
const maxAnswerBytes = 4 * 1024 * 1024;

/** Sums stay exact: a meter that says more than this says nothing. */
const tokens = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const answerSchema = z.object({
  rows: z.array(
    z.object({
      subscriptionId: z.string().nullable(),
      requests: tokens,
      promptTokens: tokens,
      completionTokens: tokens,
      totalTokens: tokens,
    }),
  ),
});

/** A meter of somebody's own: a GET that answers usage by subscription. It is asked once; whatever else comes is trouble. */
export function openHttpMeter(options: HttpMeterOptions): ReadMeter {
  return async ({ fromMs, toMs }, signal) => {
    const asked = { askedMs: options.clock.nowMs(), fromMs, toMs };
    const trouble = (because: string): MeterReading => ({ ...asked, state: 'trouble', because, rows: [] });
    const url = new URL(options.url);
    url.searchParams.set('from', new Date(fromMs).toISOString());
    url.searchParams.set('to', new Date(toMs).toISOString());
    const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
    try {
      const answer = await request(url, {
        headers: { accept: 'application/json' },
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        ...(options.dispatcher && { dispatcher: options.dispatcher }),
      });
      if (answer.statusCode !== 200) {
        await answer.body.dump({ limit: 0 }).catch(() => undefined);
        return trouble(`the meter answered with status ${answer.statusCode}`);
      }
      const text = await textOf(answer.body);
      if (text === null) return trouble('the meter answered with more than 4 MiB');
      const rows = rowsIn(text);
      return rows === null
        ? trouble("the meter's answer is not { rows: [ … ] } with tokens by subscription")
        : { ...asked, state: 'complete', because: null, rows };
    } catch (cause) {
      return trouble(
        timeout.aborted ? 'the meter did not answer in time' : `no answer (${codeOf(cause) || 'unknown'})`,
      );
    }
  };
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string | null> {
  const kept = growingBytes(maxAnswerBytes);
  for await (const part of body) {
    if (kept.add(part) === null) return null;
  }
  return kept.bytes().toString('utf8');
}

function rowsIn(text: string): MeterReading['rows'] | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // What is no JSON has no rows; the caller says so.
    return null;
  }
  const parsed = answerSchema.safeParse(json);
  return parsed.success ? parsed.data.rows.map((row) => ({ ...row, subscriptionId: row.subscriptionId ?? '' })) : null;
}

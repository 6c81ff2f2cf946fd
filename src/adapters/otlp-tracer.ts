import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { request } from 'undici';
import type { SpanFacts, Tracer } from '../audit/tracer';
import type { Clock } from '../probe/clock';
import { type EndedSpan, toOtlpJson } from './otlp-json';

/*
 * Traces over OTLP/HTTP in its JSON form, which every collector takes. Without OpenTelemetry's SDK: the format is a few
 * lines, and the SDK would be read by every start of an instance. Spans are sent when the outermost one ends, since a
 * function's process may be frozen or gone as soon as its invocation has returned.
 */

type Settings = Readonly<Record<string, string | undefined>>;

interface Around {
  readonly traceId: string;
  readonly spanId: string;
  readonly eachStartsTrace: boolean;
  /** Ended spans of this process that are sent with the outermost one. */
  readonly ended: EndedSpan[];
}

/** An audit of a thousand probes tells of most of them. */
const maxSpansAtOnce = 2048;
const exportTimeoutMs = 3_000;
const traceparentShape = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** A tracer where OpenTelemetry's own settings name a collector (`OTEL_EXPORTER_OTLP_ENDPOINT`); else null. */
export function openTracer(settings: Settings, { clock, version }: { clock: Clock; version: string }): Tracer | null {
  const url = tracesUrlOf(settings);
  if (url === null) return null;
  const around = new AsyncLocalStorage<Around>();
  const headers = { ...headersIn(settings.OTEL_EXPORTER_OTLP_HEADERS), 'content-type': 'application/json' };
  const resource = {
    'service.name': settings.OTEL_SERVICE_NAME || 'gateway-audit',
    'service.version': version,
  };

  return {
    traceparent() {
      const span = around.getStore();
      return span && `00-${span.traceId}-${span.spanId}-01`;
    },
    async inSpan({ name, kind, facts, parent, eachStartsTrace = false }, work) {
      const outer = around.getStore();
      const followed = traceparentShape.exec(parent ?? '');
      const above = outer?.eachStartsTrace ? undefined : outer;
      const traceId = followed?.[1] ?? above?.traceId ?? hex(16);
      const span = { traceId, spanId: hex(8), eachStartsTrace, ended: outer?.ended ?? [] };
      const startedMs = clock.nowMs();
      let known: SpanFacts = facts;
      const add = (more: SpanFacts): void => {
        known = { ...known, ...more };
      };
      try {
        return await around.run(span, () => work(add));
      } catch (error) {
        add({ 'error.type': nameOf(error) });
        throw error;
      } finally {
        const parentSpanId = followed?.[2] ?? above?.spanId ?? null;
        const ended = { name, kind, facts: known, traceId, spanId: span.spanId, parentSpanId };
        if (span.ended.length < maxSpansAtOnce) span.ended.push({ ...ended, startedMs, endedMs: clock.nowMs() });
        if (outer === undefined) await send(url, headers, toOtlpJson(span.ended, resource));
      }
    },
  };
}

async function send(url: string, headers: Readonly<Record<string, string>>, spans: unknown): Promise<void> {
  try {
    const signal = AbortSignal.timeout(exportTimeoutMs);
    const { body } = await request(url, { method: 'POST', headers, body: JSON.stringify(spans), signal });
    await body.dump({ limit: 64 * 1024, signal });
  } catch {
    // A collector that is down costs traces, never an audit; that it is down is for whoever watches it.
  }
}

/** The general endpoint stands before the path of traces, the one for traces is taken as it is (OpenTelemetry's rule). */
function tracesUrlOf(settings: Settings): string | null {
  const own = settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const general = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = own || (general ? `${general.replace(/\/+$/, '')}/v1/traces` : '');
  return URL.canParse(url) ? url : null;
}

/** `key=value` pairs with commas between them, percent-encoded (W3C Baggage's form, as OpenTelemetry has it). */
function headersIn(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((pair) => /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(pair));
  return Object.fromEntries(pairs.flatMap((pair) => (pair?.[1] ? [[pair[1], decoded(pair[2] ?? '')]] : [])));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded, then.
    return text;
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

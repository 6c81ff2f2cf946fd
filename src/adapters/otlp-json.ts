import type { NewSpan, SpanFacts } from '../audit/tracer';

/** A span that has ended. Ids are lower-case hexadecimal: 32 digits of a trace, 16 of a span. */
export interface EndedSpan extends Pick<NewSpan, 'name' | 'kind' | 'facts'> {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** Span kinds and the status of an error, as numbered by OTLP (opentelemetry-proto, trace.proto). */
const kinds: Readonly<Record<NewSpan['kind'], number>> = { internal: 1, client: 3, producer: 4, consumer: 5 };
const errorStatus = 2;

/** Spans as an OTLP request in its JSON form (OTLP specification 1, "JSON Protobuf Encoding"). */
export function toOtlpJson(spans: readonly EndedSpan[], resource: SpanFacts): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: toAttributes(resource) },
        scopeSpans: [{ scope: { name: 'gateway-audit' }, spans: spans.map(toOtlpSpan) }],
      },
    ],
  };
}

function toOtlpSpan({ traceId, spanId, parentSpanId, name, kind, startedMs, endedMs, facts }: EndedSpan) {
  const error = facts['error.type'];
  return {
    traceId,
    spanId,
    ...(parentSpanId !== null && { parentSpanId }),
    name,
    kind: kinds[kind],
    startTimeUnixNano: toNanoseconds(startedMs),
    endTimeUnixNano: toNanoseconds(endedMs),
    attributes: toAttributes(facts),
    ...(error !== undefined && error !== null && { status: { code: errorStatus } }),
  };
}

function toAttributes(facts: SpanFacts) {
  return Object.entries(facts).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: toAnyValue(value) }],
  );
}

/** 64-bit numbers are texts in JSON. */
function toAnyValue(value: string | number | boolean) {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return value satisfies never;
  }
}

function toNanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}

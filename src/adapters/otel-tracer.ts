import {
  type Attributes,
  type AttributeValue,
  createContextKey,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { NewSpan, SpanFacts, Tracer } from '../audit/tracer';
import type { Clock } from '../probe/clock';

/*
 * OpenTelemetry's SDK, held here and registered nowhere, so that it neither meets the host's own telemetry nor hears of
 * any work but ours. Spans are sent every few seconds and once more when the outermost one ends, since a function's
 * process may be frozen or gone as soon as its invocation has returned.
 */

export interface TracerParts {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly version: string;
  /** How long the end of a job waits for the collector at most, its tries included; default: 3 seconds. */
  readonly exportTimeoutMs?: number;
}

const kinds: Readonly<Record<NewSpan['kind'], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};
const eachStartsTraceKey = createContextKey('each span right under this one starts a trace');

/** A tracer that sends to the collector of the environment's settings (`OTEL_EXPORTER_OTLP_…`) over HTTP, as JSON. */
export function otelTracer({ clock, version, exportTimeoutMs = 3_000 }: TracerParts): Tracer {
  const spans = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ timeoutMillis: exportTimeoutMs }),
    exportTimeoutMillis: exportTimeoutMs,
  });
  const provider = new TracerProvider({ resource: resourceOf(version), spanProcessors: [spans] });
  const tracer = provider.getTracer('gateway-audit', version);
  const contexts = new AsyncLocalStorageContextManager().enable();
  const propagator = new W3CTraceContextPropagator();
  let isCollectorUp = true;

  /** Only the first job waits for a collector that is down; it is asked again, and waited for when it answers. */
  async function flush(): Promise<void> {
    const flushed = spans.forceFlush().then(
      () => true,
      () => false,
    );
    const noted = flushed.then((isUp) => {
      isCollectorUp = isUp;
    });
    if (isCollectorUp) await noted;
  }

  return {
    traceparent() {
      const carrier: Record<string, string> = {};
      propagator.inject(contexts.active(), carrier, defaultTextMapSetter);
      return carrier.traceparent;
    },
    async inSpan({ name, kind, facts, parent, eachStartsTrace = false }, work) {
      const around = contexts.active();
      const above = around.getValue(eachStartsTraceKey) === true ? ROOT_CONTEXT : around;
      const followed = propagator.extract(above, { traceparent: parent }, defaultTextMapGetter);
      const span = tracer.startSpan(name, { kind: kinds[kind], startTime: new Date(clock.nowMs()) }, followed);
      const add = (more: SpanFacts): void => {
        span.setAttributes(toAttributes(more));
        if (more['error.type'] != null) span.setStatus({ code: SpanStatusCode.ERROR });
      };
      add(facts);
      try {
        const within = trace.setSpan(around, span).setValue(eachStartsTraceKey, eachStartsTrace);
        return await contexts.with(within, () => work(add));
      } catch (error) {
        add({ 'error.type': nameOf(error) });
        throw error;
      } finally {
        span.end(new Date(clock.nowMs()));
        if (trace.getSpan(around) === undefined) await flush();
      }
    },
  };
}

/** Whose name the environment gives (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`) goes by it. */
function resourceOf(version: string) {
  const ours = resourceFromAttributes({ 'service.name': 'gateway-audit', 'service.version': version });
  return defaultResource()
    .merge(ours)
    .merge(detectResources({ detectors: [envDetector] }));
}

function toAttributes(facts: SpanFacts): Attributes {
  const known = Object.entries(facts).filter((fact): fact is [string, string | number | boolean] => fact[1] != null);
  return Object.fromEntries<AttributeValue>(known);
}

/** A name or code, never a message: those may hold what was sent. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

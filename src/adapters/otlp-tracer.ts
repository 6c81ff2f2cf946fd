import type { Tracer } from '../audit/tracer';
import type { TracerParts } from './otel-tracer';

type Settings = Readonly<Record<string, string | undefined>>;

const endpointSettings = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

/**
 * A tracer where OpenTelemetry's own settings name a collector; else null. Its SDK is loaded with the first span, and reads
 * its settings from the environment.
 */
export function openTracer(settings: Settings, parts: TracerParts): Tracer | null {
  if (!endpointSettings.some((name) => URL.canParse(settings[name] ?? ''))) return null;
  let loading: Promise<Tracer> | null = null;
  let loaded: Tracer | null = null;

  return {
    traceparent: () => loaded?.traceparent(),
    async inSpan(span, work) {
      loading ??= load(parts);
      loaded = await loading;
      return loaded.inSpan(span, work);
    },
  };
}

async function load(parts: TracerParts): Promise<Tracer> {
  const { otelTracer } = await import('./otel-tracer.js');
  return otelTracer(parts);
}

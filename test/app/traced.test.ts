import { createServer } from 'node:http';
import { openTracer } from '../../src/adapters/otlp-tracer';
import { readJob } from '../../src/functions/read-job';
import { type LocalServer, startServer, startWireServer } from '../adapters/local-server';
import { virtualClock } from '../virtual-clock';
import { anApp, type TestApp } from './an-app';

/* Real exports over OTLP/HTTP to a collector of the test's own; the queue's messages go through JSON, as on Azure. */
interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number; readonly boolValue?: boolean };
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status?: { readonly code: number };
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

let collector: LocalServer;
let tested: TestApp | undefined;
beforeEach(async () => {
  collector = await startServer(() => ({}));
});
afterEach(() => {
  tested?.close();
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
  return collector.close();
});

const tenMinutesMs = 600_000;

/** The SDK reads its settings from the environment. It tries again after 0.8 seconds, where there is as much time. */
function tracerTo(settings: Readonly<Record<string, string>>, exportTimeoutMs = 500) {
  Object.assign(process.env, settings);
  const clock = virtualClock(Date.UTC(2026, 0, 5, 12));
  const tracer = openTracer(settings, { clock, version: '1.2.3', exportTimeoutMs });
  if (tracer === null) throw new Error('There is no tracer.');
  return tracer;
}

function exported(): readonly Exported[] {
  return collector.requests.map(({ body }) => JSON.parse(body) as Exported);
}

function spansOf(all: readonly Exported[]): readonly Span[] {
  return all.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

function factsOf(span: Span | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));
}

test('one trace follows a job from planning over the queue to its probes and the saving of its audits', async () => {
  const endpoint = `http://127.0.0.1:${collector.port}/`;
  tested = await anApp({
    customers: [{}, { id: 'fabrikam' }],
    tracer: tracerTo({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: 'x-token=a%20b' }),
  });
  await tested.app.planDue();
  const [first, second] = tested.sent.map(({ job }) => readJob(JSON.parse(JSON.stringify(job))));
  if (first === undefined || second === undefined) throw new Error('Two jobs are expected.');
  await tested.app.runJob(first, tenMinutesMs);
  expect(collector.requests.map(({ method, url, headers }) => [method, url, headers['x-token']])).toEqual(
    Array(2).fill(['POST', '/v1/traces', 'a b']),
  );

  const spans = spansOf(exported());
  const trace = spans.filter(({ traceId }) => first.traceparent?.includes(traceId));
  const nameOf = (id: string | undefined) => trace.find(({ spanId }) => spanId === id)?.name;
  expect(trace.map(({ name, kind, parentSpanId }) => [name, kind, nameOf(parentSpanId)])).toEqual([
    ['send audit-jobs', 4, undefined],
    ['chat gpt-4o', 3, 'process audit-jobs'],
    ['save audit', 3, 'process audit-jobs'],
    ['chat gpt-4o', 3, 'process audit-jobs'],
    ['save audit', 3, 'process audit-jobs'],
    ['process audit-jobs', 5, 'send audit-jobs'],
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
  expect(second.traceparent).not.toContain(trace[0]?.traceId);
});

test('a probe is told by the conventions for HTTP and generative AI, and holds no key and no prompt', async () => {
  tested = await anApp({
    tracer: tracerTo({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${collector.port}/traces`,
      OTEL_SERVICE_NAME: 'audits',
    }),
  });
  await tested.app.planDue();
  const job = tested.sent[0]?.job;
  if (job === undefined) throw new Error('A job is expected.');
  const { reports } = await tested.app.runJob(job, tenMinutesMs);
  const spans = spansOf(exported());
  expect(factsOf(spans.find(({ name }) => name === 'chat gpt-4o'))).toEqual({
    'audit.id': reports[0]?.auditId,
    'audit.probe': 1,
    'audit.step': expect.any(String),
    'audit.backend': 'Sweden Central',
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.request.max_tokens': 4,
    'gen_ai.usage.input_tokens': 16,
    'gen_ai.usage.output_tokens': 4,
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'server.address': 'contoso.azure-api.net',
  });
  expect(factsOf(spans.find(({ name }) => name === 'save audit'))).toEqual({
    'audit.id': reports[0]?.auditId,
    'audit.customer': 'contoso',
    'audit.check': reports[0]?.check,
    'audit.verdict': reports[0]?.verdict,
  });
  expect(collector.requests[0]?.url).toBe('/traces');
  expect(factsOf({ attributes: exported()[0]?.resourceSpans[0]?.resource.attributes } as Span)).toEqual({
    'service.name': 'audits',
    'service.version': '1.2.3',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': expect.any(String),
  });
  expect(collector.requests.map(({ body }) => body).join()).not.toContain('contoso-demo-key');
});

test.each([
  ['is down', async (deaf: LocalServer) => deaf.close()],
  ['does not answer', async () => undefined],
])('a collector that %s changes nothing for the audit', async (_, afterwards) => {
  const deaf = await startWireServer(() => undefined);
  await afterwards(deaf);
  tested = await anApp({ tracer: tracerTo({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${deaf.port}` }, 50) });
  await tested.app.planDue();
  const job = tested.sent[0]?.job;
  if (job === undefined) throw new Error('A job is expected.');
  const { reports, faults } = await tested.app.runJob(job, tenMinutesMs);
  expect([reports.map(({ verdict }) => verdict), faults]).toEqual([['pass', 'pass'], []]);
  await deaf.close();
});

test('a job that ends does not wait for a collector that failed the one before it', async () => {
  let letAnswer = () => {};
  const mayAnswer = new Promise<void>((resolve) => {
    letAnswer = resolve;
  });
  let answered = Promise.resolve();
  const statuses = [400, 200];
  const failing = await startServer(
    () => ({ status: statuses.shift() ?? 500 }),
    (listener) =>
      createServer(async (incoming, outgoing) => {
        answered = new Promise((resolve) => outgoing.on('finish', resolve));
        if (statuses[0] === 200) await mayAnswer;
        listener(incoming, outgoing);
      }),
  );
  const tracer = tracerTo({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${failing.port}` }, 60_000);
  const endJob = () => tracer.inSpan({ name: 'job', kind: 'internal', facts: {} }, async () => {});
  await endJob();
  expect(failing.requests.length).toBe(1);
  await endJob();
  expect(failing.requests.length).toBe(1);
  letAnswer();
  while (failing.requests.length < 2) await new Promise(setImmediate);
  await answered;
  await failing.close();
});

test('trouble of ours is an error of its span, told by its code', async () => {
  const tracer = tracerTo({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}` });
  const span = { name: 'work', kind: 'internal', facts: {} } as const;
  await expect(tracer.inSpan(span, () => Promise.reject(new TypeError('secret text')))).rejects.toThrow('secret text');
  expect(spansOf(exported())).toMatchObject([
    { status: { code: 2 }, attributes: [{ key: 'error.type', value: { stringValue: 'TypeError' } }] },
  ]);
});

test('without a collector in the settings there is no tracer, and no trace in a message', async () => {
  expect(openTracer({}, { clock: virtualClock(0), version: '1.2.3' })).toBeNull();
  tested = await anApp();
  await tested.app.planDue();
  expect(tested.sent.map(({ job }) => Object.keys(job))).toEqual([['customerId', 'audits']]);
});

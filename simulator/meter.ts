/** What a meter shows of one subscription over a span; tokens. */
export interface MeterRow {
  readonly subscriptionId: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

/** An answered call as it is metered. `subscriptionId` empty: the metric's dimension is missing. */
export interface MeteredCall {
  readonly subscriptionId: string;
  readonly correlationId: string;
  readonly deployment: string;
  readonly streamed: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** One of the token metric policy's metrics, added up over a minute. `timestamp`: ISO 8601. */
export interface MetricRow {
  readonly timestamp: string;
  readonly name: 'Prompt Tokens' | 'Completion Tokens' | 'Total Tokens';
  readonly subscriptionId: string;
  readonly sum: number;
  readonly count: number;
}

/** A row of API Management's log of generative calls: several a call, tokens on the first; it names no caller. */
export interface LlmLogRow {
  readonly timeGenerated: string;
  readonly correlationId: string;
  readonly sequenceNumber: number;
  readonly deploymentName: string;
  readonly isStreamCompletion: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

/** A row of API Management's log of requests: who called. */
export interface GatewayLogRow {
  readonly timeGenerated: string;
  readonly correlationId: string;
  readonly apimSubscriptionId: string;
  readonly responseCode: number;
}

/** [fromMs, toMs) as it can be seen at `nowMs`; epoch milliseconds. */
export interface MeterSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** Usage as Azure Monitor holds it: metrics by the minute, logs by the call, both only some time later. */
export interface Meter {
  record(atMs: number, call: MeteredCall): void;
  /** The minutes that begin in the span, a row a subscription. */
  read(span: MeterSpan): readonly MeterRow[];
  metrics(span: MeterSpan): readonly MetricRow[];
  llmLog(span: MeterSpan): readonly LlmLogRow[];
  gatewayLog(span: MeterSpan): readonly GatewayLogRow[];
}

interface Recorded extends MeteredCall {
  readonly atMs: number;
  readonly minuteMs: number;
}

const minuteMs = 60_000;
/** Messages are logged in rows of their own beside the one that holds the tokens. */
const chunksOfCall = 3;

export function createMeter(delayMs: number): Meter {
  const calls: Recorded[] = [];
  const inSpan = ({ fromMs, toMs, nowMs }: MeterSpan, time: (call: Recorded) => number) =>
    calls.filter((call) => time(call) >= fromMs && time(call) < toMs && call.atMs + delayMs <= nowMs);
  const inMinutes = (span: MeterSpan) => inSpan(span, (call) => call.minuteMs);
  const byMoment = (span: MeterSpan) => inSpan(span, (call) => call.atMs);
  return {
    record: (atMs, call) => calls.push({ ...call, atMs, minuteMs: Math.floor(atMs / minuteMs) * minuteMs }),
    read(span) {
      const rows = new Map<string, MeterRow>();
      for (const call of inMinutes(span)) rows.set(call.subscriptionId, addCall(rows.get(call.subscriptionId), call));
      return [...rows.values()];
    },
    metrics(span) {
      const rows = new Map<string, MetricRow>();
      for (const call of inMinutes(span)) {
        for (const metric of metricsOf(call)) {
          const key = `${metric.timestamp} ${metric.name} ${metric.subscriptionId}`;
          const before = rows.get(key) ?? { sum: 0, count: 0 };
          rows.set(key, { ...metric, sum: before.sum + metric.sum, count: before.count + 1 });
        }
      }
      return [...rows.values()];
    },
    llmLog: (span) => byMoment(span).flatMap(llmRowsOf),
    gatewayLog: (span) =>
      byMoment(span).map(({ atMs, correlationId, subscriptionId }) => ({
        timeGenerated: new Date(atMs).toISOString(),
        correlationId,
        apimSubscriptionId: subscriptionId,
        responseCode: 200,
      })),
  };
}

function addCall(sum: MeterRow | undefined, call: Recorded): MeterRow {
  const { subscriptionId, promptTokens, completionTokens } = call;
  return {
    subscriptionId,
    requests: (sum?.requests ?? 0) + 1,
    promptTokens: (sum?.promptTokens ?? 0) + promptTokens,
    completionTokens: (sum?.completionTokens ?? 0) + completionTokens,
    totalTokens: (sum?.totalTokens ?? 0) + promptTokens + completionTokens,
  };
}

function metricsOf(call: Recorded): readonly MetricRow[] {
  const row = { timestamp: new Date(call.minuteMs).toISOString(), subscriptionId: call.subscriptionId, count: 1 };
  return [
    { ...row, name: 'Prompt Tokens', sum: call.promptTokens },
    { ...row, name: 'Completion Tokens', sum: call.completionTokens },
    { ...row, name: 'Total Tokens', sum: call.promptTokens + call.completionTokens },
  ];
}

function llmRowsOf(call: Recorded): readonly LlmLogRow[] {
  const { atMs, correlationId, deployment, streamed, promptTokens, completionTokens } = call;
  const row = { timeGenerated: new Date(atMs).toISOString(), correlationId, isStreamCompletion: streamed };
  const none = { deploymentName: '', promptTokens: 0, completionTokens: 0, totalTokens: 0 };
  const tokens = { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
  return Array.from({ length: chunksOfCall }, (_, sequenceNumber) => ({
    ...row,
    sequenceNumber,
    ...(sequenceNumber === 0 ? { deploymentName: deployment, ...tokens } : none),
  }));
}

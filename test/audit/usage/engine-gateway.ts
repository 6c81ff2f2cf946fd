import type { Engine } from '../../../simulator/engine';
import { makeProbeBody } from '../../../src/adapters/gateway/probe-body';
import { toExchange } from '../../../src/adapters/gateway/to-exchange';
import type { Declaration } from '../../../src/audit/declaration';
import type { ReadMeter } from '../../../src/audit/meter-reading';
import type { Clock } from '../../../src/probe/clock';
import type { SendProbe } from '../../../src/probe/gateway';

/** The simulator's engine on a clock, without sockets, as the loop sees a gateway: the probes' real bodies and records. */
export function engineGateway(engine: Engine, clock: Clock, { gateway, customer }: Declaration): SendProbe {
  return async (order) => {
    const seedText = `${order.auditId}/${order.probe}`;
    const probe = makeProbeBody(gateway, { request: order.request, seedText, capParameter: 'max_tokens' });
    const sentMs = clock.nowMs();
    const request = { method: 'POST', headers: { 'api-key': keyOf(customer.id) }, ...probe };
    const arrival = engine.arrive(sentMs, request);
    await clock.sleepUntil(sentMs + arrival.latencyMs);
    const receivedMs = clock.nowMs();
    const answer = arrival.accepted ? engine.complete(receivedMs, arrival.ticket) : arrival.answer;
    const error = answer.reset ? ({ kind: 'reset', detail: 'the connection was reset' } as const) : null;
    return toExchange(
      { order, declared: gateway.headers, secrets: { keys: [], prompt: probe.prompt } },
      {
        begunMs: sentMs,
        sentMs,
        headersMs: answer.reset ? null : receivedMs,
        receivedMs,
        status: answer.reset ? null : answer.status,
        headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value])),
        body: Buffer.from(answer.body),
        error,
      },
    );
  };
}

export function keyOf(customerId: string): string {
  return `${customerId}-key`;
}

/** What the engine's meter shows now. */
export function engineMeter(engine: Engine, clock: Clock): ReadMeter {
  return async ({ fromMs, toMs }) => {
    const askedMs = clock.nowMs();
    return { askedMs, fromMs, toMs, state: 'complete', because: null, rows: engine.meter(fromMs, toMs, askedMs) };
  };
}

/** The same from the log of calls, which names them. */
export function engineCallMeter(engine: Engine, clock: Clock): ReadMeter {
  return async ({ fromMs, toMs }) => {
    const nowMs = clock.nowMs();
    const span = { fromMs, toMs, nowMs };
    const callers = new Map(
      engine.telemetry.gatewayLog(span).map((row) => [row.correlationId, row.apimSubscriptionId]),
    );
    const rows = engine.telemetry
      .llmLog(span)
      .filter(({ deploymentName }) => deploymentName !== '')
      .map(({ correlationId, promptTokens, completionTokens, totalTokens }) => ({
        subscriptionId: callers.get(correlationId) ?? '',
        requests: 1,
        promptTokens,
        completionTokens,
        totalTokens,
        callIds: [correlationId],
      }));
    return { askedMs: nowMs, fromMs, toMs, state: 'complete', because: null, rows };
  };
}

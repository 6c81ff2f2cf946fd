import { type Answer, gatewayAnswer, jsonAnswer, plainAnswer, spoilAnswer } from './answer';
import type { BrokenAnswerKind } from './behaviour';
import type { SimulatorConfig } from './config';
import { type Customer, createCustomers } from './customer';
import { chargeAnswer, type Passed, passGate } from './gate';
import { identifyCaller } from './identify-caller';
import { createMeter, type Meter, type MeterRow } from './meter';
import { writeAnswer, writeChunks } from './model-answer';
import { type GatewayRequest, type ModelRequest, readModelRequest, readOperation } from './model-request';
import { plantGatewayFaults } from './planted';
import { type Random, randomUuid } from './random';
import { createRouter, type Routed } from './router';
import { type Truth, tellTruth } from './truth';

/** What a streamed answer sends before its charge: headers and pieces, the first after `afterMs`. */
export interface StreamHead {
  readonly afterMs: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly string[];
}

/** A request on its way to a model. Hand it back to `complete`, once, when its latency has passed. */
export interface Ticket {
  readonly passed: Passed;
  readonly asked: ModelRequest;
  readonly routed: Routed;
  readonly broken: BrokenAnswerKind | null;
  readonly head: StreamHead | null;
  readonly id: string;
}

export type Arrival =
  | { readonly accepted: false; readonly latencyMs: number; readonly answer: Answer }
  | { readonly accepted: true; readonly latencyMs: number; readonly ticket: Ticket };

/**
 * The gateway without sockets and without a clock: times are epoch milliseconds, given by the caller and never
 * running backwards. The gateway decides in `arrive` and charges in `complete`, as API Management does.
 */
export interface Engine {
  arrive(nowMs: number, request: GatewayRequest): Arrival;
  complete(nowMs: number, ticket: Ticket): Answer;
  /** `nowMs`: when the meter is asked; absent: long after. */
  meter(fromMs: number, toMs: number, nowMs?: number): readonly MeterRow[];
  /** The same as Azure Monitor holds it. */
  readonly telemetry: Pick<Meter, 'metrics' | 'llmLog' | 'gatewayLog'>;
  truth(): Truth;
}

export function createEngine(config: SimulatorConfig, { random }: { readonly random: Random }): Engine {
  const customers = createCustomers(config);
  const gateway = plantGatewayFaults(config);
  const route = createRouter(config, gateway.behaviour, random);
  const meter = createMeter(config.meterDelayMs);
  const names = config.headers;

  const takeTurn = (customer: Customer) => {
    customer.requests += 1;
    return config.routing === 'random' ? Math.floor(random() * 2 ** 30) : customer.requests - 1;
  };

  const refuse = (answer: Answer, customer: Customer | null): Arrival => {
    const broken = customer && drawBroken(customer, random);
    const latencyMs = config.latency.refusalMs + (customer?.behaviour.extraLatencyMs ?? 0);
    return { accepted: false, latencyMs, answer: broken ? spoilAnswer(answer, broken) : answer };
  };

  return {
    arrive(nowMs, request) {
      const operation = readOperation(config.basePath, request);
      if (!operation) return refuse(gatewayAnswer(404, 'Resource not found'), null);
      const caller = identifyCaller(request, { customers, gateway: gateway.behaviour, keyHeader: names.key });
      if ('refusal' in caller) return refuse(caller.refusal, null);
      const { customer } = caller;
      const asked = readModelRequest(operation, request.body);
      const turn = takeTurn(customer);
      const gate = passGate(nowMs, asked, { customer, turn, names });
      if ('refusal' in gate) return refuse(gate.refusal, customer);

      const sent = route(nowMs, { asked, turn, cookies: request.headers.cookie ?? '' });
      const routed = { ...sent, headers: nameBackend(sent) };
      const broken = drawBroken(customer, random);
      const extraMs = customer.behaviour.extraLatencyMs;
      const id = randomUuid(random);
      const streams = asked.streamed && routed.status === 200 && broken === null;
      const head = streams && {
        afterMs: routed.latencyMs + extraMs,
        status: 200,
        headers: { ...routed.headers, ...gate.passed.headers, 'content-type': 'text/event-stream' },
        chunks: writeChunks(asked, { id, createdMs: nowMs, withUsage: customer.behaviour.reportsUsage }),
      };
      const writingMs = routed.status === 200 ? asked.completionTokens * config.latency.perTokenMs : 0;
      return {
        accepted: true,
        latencyMs: routed.latencyMs + extraMs + writingMs,
        ticket: { passed: gate.passed, asked, routed, broken, head: head || null, id },
      };
    },

    complete(nowMs, ticket) {
      const { asked, passed, routed, head } = ticket;
      const answered = routed.status === 200;
      const tokens = answered ? asked.promptTokens + asked.completionTokens : 0;
      const charged = chargeAnswer(nowMs, passed, tokens, names);
      if (answered) record(nowMs, ticket);
      if (head) return streamedAnswer(head);
      const answer = finish(nowMs, ticket, charged);
      return ticket.broken ? spoilAnswer(answer, ticket.broken) : answer;
    },

    meter: (fromMs, toMs, nowMs = Number.POSITIVE_INFINITY) => meter.read({ fromMs, toMs, nowMs }),
    telemetry: meter,
    truth: () => tellTruth(config, { customers, gatewayFaults: gateway.known }),
  };

  function finish(nowMs: number, { asked, passed, routed, id }: Ticket, charged: Record<string, string>): Answer {
    if (!routed.backend) return plainAnswer(routed.status, routed.body ?? '');
    const { reportsUsage } = passed.customer.behaviour;
    const body = routed.body ?? writeAnswer(asked, { id, createdMs: nowMs, withUsage: reportsUsage });
    const own = routed.body === null ? charged : passed.headers;
    return jsonAnswer(routed.status, body, { ...routed.headers, ...own });
  }

  function nameBackend({ backend, headers }: Routed): Readonly<Record<string, string>> {
    if (!backend) return headers;
    const { sendsBackendHeader, foreignRegion } = gateway.behaviour;
    const { 'x-ms-region': region, ...others } = headers;
    if (!sendsBackendHeader) return others;
    const foreign = foreignRegion && random() < foreignRegion.share ? foreignRegion.region : null;
    return {
      ...others,
      'x-ms-region': foreign ?? region ?? backend.region,
      [names.backend]: foreign ?? backend.answersAs,
    };
  }

  function record(nowMs: number, { passed: { customer }, asked, routed }: Ticket): void {
    const { bookedOn, factor, seesStreams, seesPrompts, losesEvery, copies } = customer.behaviour.metering;
    customer.answers += 1;
    if (asked.streamed && !seesStreams) return;
    if (losesEvery !== null && customer.answers % losesEvery === 0) return;
    const call = {
      subscriptionId: bookedOn,
      correlationId: routed.headers['apim-request-id'] ?? '',
      deployment: asked.deployment,
      streamed: asked.streamed,
      promptTokens: seesPrompts ? Math.round(asked.promptTokens * factor) : 0,
      completionTokens: Math.round(asked.completionTokens * factor),
    };
    for (let copy = 0; copy < copies; copy += 1) meter.record(nowMs, call);
  }
}

function streamedAnswer({ status, headers, chunks }: StreamHead): Answer {
  return { status, headers, chunks, body: chunks.join(''), reset: false };
}

function drawBroken(customer: Customer, random: Random): BrokenAnswerKind | null {
  const { brokenAnswers } = customer.behaviour;
  return brokenAnswers && random() < brokenAnswers.share ? brokenAnswers.kind : null;
}

import { createLimiter, type LimiterKind } from '../../../simulator/limiter';

import type { Exchange, ProbeRequest } from '../../../src/probe/exchange';
import { boundTokensOf } from '../../../src/probe/prompt';
import { anExchange } from '../../probe/an-exchange';

export type PromiseLie = 'constant' | 'half' | 'too-long' | 'missing';

/** A gateway with a token limit, as the simulation needs it: who decides when, and what the answer looks like. */
export interface GatewayModel {
  readonly kind: LimiterKind;
  /** The limit in force; null: none. */
  readonly enforced: number | null;
  readonly counters: number;
  readonly routing: 'random' | 'round-robin';
  readonly latencyMs: number;
  readonly refusalLatencyMs: number;
  /** Share of answers that take five times as long. */
  readonly outlierShare: number;
  readonly estimatesPrompts: boolean;
  readonly hasHeaders: boolean;
  readonly lie: PromiseLie | null;
  /** What the model counts beyond what was asked, for each prompt. */
  readonly frameOffset: number;
}

export interface SimulatedGateway {
  /** Takes a probe at `atMs`; answers when the exchange is finished and what it is. Charges are made by `settle`. */
  send(request: ProbeRequest, probe: number, atMs: number): PendingAnswer;
  /** Somebody else's call on the counter. */
  charge(atMs: number, tokens: number): void;
}

export interface PendingAnswer {
  /** When the gateway decides; it looks at its counter only then. */
  readonly decidesMs: number;
  /** Decides; answers when the exchange ends and, if it was admitted, when the charge lands. */
  decide(): { readonly chargesMs: number | null; readonly finishesMs: number; finish(): Exchange };
}

export function simulatedGateway(model: GatewayModel, random: () => number): SimulatedGateway {
  const limiters = Array.from({ length: model.counters }, () =>
    createLimiter({ kind: model.kind, tokensPerMinute: model.enforced ?? 1e15 }),
  );
  let turn = 0;

  function pick() {
    turn += 1;
    const index = model.routing === 'random' ? Math.floor(random() * limiters.length) : turn % limiters.length;
    const limiter = limiters[index];
    if (limiter === undefined) throw new Error('a gateway has at least one counter');
    return limiter;
  }

  return {
    charge: (atMs, tokens) => pick().charge(atMs, tokens),
    send(request, probe, sentMs) {
      const limiter = pick();
      const decidesMs = sentMs + random() * 0.4 * model.refusalLatencyMs;
      const prompt = request.promptTokens + model.frameOffset;
      const base = { probe, asked: request, boundTokens: boundTokensOf(request), intendedMs: sentMs, sentMs };
      return {
        decidesMs,
        decide() {
          const decision = limiter.decide(decidesMs, model.estimatesPrompts ? prompt : 0);
          if (!decision.admitted) {
            const receivedMs = decidesMs + (0.4 + random()) * model.refusalLatencyMs;
            const wait = promised(decision.retryAfterSeconds, model.lie);
            return {
              chargesMs: null,
              finishesMs: receivedMs,
              finish: () =>
                anExchange({
                  ...base,
                  ...refusal(wait, decision.retryAfterSeconds, model),
                  headersMs: receivedMs,
                  receivedMs,
                }),
            };
          }
          const slow = random() < model.outlierShare ? 5 : 1;
          const chargesMs = decidesMs + model.latencyMs * (0.6 + 0.8 * random()) * slow;
          const receivedMs = chargesMs + random() * 0.5 * model.refusalLatencyMs;
          const total = prompt + request.maxCompletionTokens;
          return {
            chargesMs,
            finishesMs: receivedMs,
            finish() {
              limiter.charge(chargesMs, total);
              const remaining = limiter.remaining(chargesMs);
              return anExchange({
                ...base,
                headersMs: receivedMs,
                receivedMs,
                usage: { prompt, completion: request.maxCompletionTokens, total },
                consumedTokens: model.hasHeaders ? total : null,
                remainingTokens: model.hasHeaders ? remaining : null,
                headers: model.hasHeaders
                  ? {
                      'consumed-tokens': String(total),
                      'remaining-tokens': String(remaining),
                      'x-ms-region': 'Sweden Central',
                    }
                  : { 'x-ms-region': 'Sweden Central' },
              });
            },
          };
        },
      };
    },
  };
}

function promised(seconds: number, lie: PromiseLie | null): number | null {
  switch (lie) {
    case null:
      return seconds;
    case 'constant':
      return 5;
    case 'half':
      return Math.max(1, Math.floor(seconds / 2));
    case 'too-long':
      return seconds + 30;
    case 'missing':
      return null;
    default:
      throw new Error(`Unknown lie: ${String(lie satisfies never)}`);
  }
}

function refusal(wait: number | null, honest: number, model: GatewayModel): Partial<Exchange> {
  return {
    status: 429,
    usage: null,
    consumedTokens: null,
    remainingTokens: model.hasHeaders ? 0 : null,
    backend: null,
    refusedBy: 'gateway-token-limit',
    retryAfterMs: wait === null ? null : wait * 1000,
    messageWait: { waitMs: (wait ?? honest) * 1000, unitMs: 1000 },
    message: 'Token limit is exceeded.',
    headers: wait === null ? {} : { 'retry-after': String(wait) },
  };
}

import type { Answer } from '../../../simulator/answer';
import type { SimulatorConfigInput } from '../../../simulator/config';
import type { Engine } from '../../../simulator/engine';
import { toExchange } from '../../../src/adapters/gateway/to-exchange';
import { loadBalance } from '../../../src/audit/checks/load-balance';
import type { Declaration } from '../../../src/audit/declaration';
import type { Verdict } from '../../../src/audit/verdict';
import type { Exchange, ProbeRequest } from '../../../src/probe/exchange';
import { chatFrameTokens } from '../../../src/probe/prompt';
import { anEngine, aRequest, contoso } from '../../simulator/drive';
import { aDeclaration } from '../a-declaration';
import { type SimulatedAudit, simulateAudit } from '../token-limit/simulate-audit';
import type { PendingAnswer, SimulatedGateway } from '../token-limit/simulated-gateway';

/** A simulated gateway with its pool, and what of it is declared. */
export interface PoolCase {
  readonly simulated: Partial<SimulatorConfigInput>;
  readonly pool: NonNullable<Declaration['gateway']['pool']>;
  readonly gateway?: Partial<Declaration['gateway']>;
  readonly settings?: Partial<Declaration['settings']>;
  readonly tokensPerMinute?: number;
  readonly startMs?: number;
  /** Somebody else's calls on the same gateway, as epoch ms and tokens. */
  readonly others?: readonly { readonly atMs: number; readonly tokens: number }[];
}

export const startMs = Date.UTC(2026, 2, 4, 10, 30, 7);

/** Audits the simulator's engine on virtual time. */
export function auditPool(poolCase: PoolCase): SimulatedAudit {
  const tokensPerMinute = poolCase.tokensPerMinute ?? 100_000;
  const engine = anEngine({ customers: [{ ...contoso, tokensPerMinute }], ...poolCase.simulated });
  const plain = aDeclaration({ tokensPerMinute }, { pool: poolCase.pool, ...poolCase.gateway });
  return simulateAudit({
    check: loadBalance,
    declared: { ...plain, settings: { ...plain.settings, ...poolCase.settings } },
    gateway: gatewayOver(engine, plain),
    startMs: poolCase.startMs ?? startMs,
    ...(poolCase.others && { others: poolCase.others }),
  });
}

/** Verdict by rule; rules without a finding are left out. */
export function verdictsOf({ judgement }: Pick<SimulatedAudit, 'judgement'>): Readonly<Record<string, Verdict>> {
  return Object.fromEntries(judgement.findings.map(({ rule, verdict }) => [rule, verdict]));
}

const networkMs = 5;

function gatewayOver(engine: Engine, declared: Declaration): SimulatedGateway {
  return {
    charge(atMs, tokens) {
      const arrival = engine.arrive(atMs, aRequest({ tokens, completionTokens: 1 }));
      if (arrival.accepted) engine.complete(atMs, arrival.ticket);
    },
    send: (request, probe, sentMs) => pendingAnswer({ engine, declared }, { request, probe, sentMs }),
  };
}

interface Sent {
  readonly request: ProbeRequest;
  readonly probe: number;
  readonly sentMs: number;
}

function pendingAnswer(
  { engine, declared }: { readonly engine: Engine; readonly declared: Declaration },
  sent: Sent,
): PendingAnswer {
  const { promptTokens, maxCompletionTokens } = sent.request;
  const tokens = Math.max(promptTokens, chatFrameTokens) + maxCompletionTokens;
  const decidesMs = sent.sentMs + networkMs;
  return {
    decidesMs,
    decide() {
      const arrival = engine.arrive(decidesMs, aRequest({ tokens, completionTokens: maxCompletionTokens }));
      const answeredMs = decidesMs + arrival.latencyMs;
      const finishesMs = answeredMs + networkMs;
      return {
        chargesMs: null,
        finishesMs,
        finish() {
          const answer = arrival.accepted ? engine.complete(finishesMs, arrival.ticket) : arrival.answer;
          return exchangeOf(answer, { ...sent, declared, receivedMs: finishesMs });
        },
      };
    },
  };
}

function exchangeOf(
  answer: Answer,
  {
    request,
    probe,
    sentMs,
    declared,
    receivedMs,
  }: Sent & { readonly declared: Declaration; readonly receivedMs: number },
): Exchange {
  const headers = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return toExchange(
    {
      order: { auditId: 'audit', probe, request, intendedMs: sentMs },
      declared: declared.gateway.headers,
      secrets: { keys: [], prompt: '' },
    },
    {
      begunMs: sentMs,
      sentMs,
      headersMs: receivedMs,
      receivedMs,
      status: answer.reset ? null : answer.status,
      headers: answer.reset ? {} : Object.fromEntries(headers),
      body: Buffer.from(answer.reset ? '' : answer.body),
      error: answer.reset ? { kind: 'reset', detail: 'reset' } : null,
    },
  );
}

import type { Answer } from '../../simulator/answer';
import { parseSimulatorConfig, type SimulatorConfigInput } from '../../simulator/config';
import { createEngine, type Engine } from '../../simulator/engine';
import type { GatewayRequest } from '../../simulator/model-request';
import { createRandom } from '../../simulator/random';

/** A quiet moment, well inside a UTC hour and at the start of a minute. */
export const start = Date.UTC(2026, 2, 4, 10, 30);

export const contoso = { id: 'contoso', key: 'contoso-key', tokensPerMinute: 100 } as const;

export function anEngine(config: Partial<SimulatorConfigInput> = {}): Engine {
  const parsed = parseSimulatorConfig({ customers: [contoso], ...config });
  return createEngine(parsed, { random: createRandom(parsed.seed) });
}

export interface Asked {
  readonly key?: string | null;
  /** Tokens in all: 7 for the frame, 10 for the completion unless said otherwise, the rest words. */
  readonly tokens?: number;
  readonly completionTokens?: number;
  readonly stream?: boolean;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

export function aRequest(asked: Asked = {}): GatewayRequest {
  const completion = asked.completionTokens ?? 10;
  const words = (asked.tokens ?? 20) - completion - 7;
  const body = asked.body ?? {
    messages: [{ role: 'user', content: 'word '.repeat(words) }],
    max_tokens: completion,
    ...(asked.stream && { stream: true }),
  };
  return {
    method: 'POST',
    path: asked.path ?? '/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
    headers: { ...(asked.key === null ? {} : { 'api-key': asked.key ?? contoso.key }), ...asked.headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** Asks at `atMs`; the answer is complete `takesMs` later. */
export function ask(engine: Engine, atMs: number, asked: Asked & { readonly takesMs?: number } = {}): Answer {
  const arrival = engine.arrive(atMs, aRequest(asked));
  return arrival.accepted ? engine.complete(atMs + (asked.takesMs ?? 0), arrival.ticket) : arrival.answer;
}

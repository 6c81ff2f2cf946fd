import { type Backend, createBackend } from './backend';
import type { GatewayBehaviour } from './behaviour';
import type { SimulatorConfig } from './config';
import { drawFirstByteMs } from './latency';
import type { ModelRequest } from './model-request';
import { type PoolConfig, poolSchema } from './pool-config';
import { createPoolInstance, type Member, type PoolInstance } from './pool-instance';
import type { Random } from './random';
import { gatewayBody } from './refusal-text';

/** What came of a request at the backends. `backend` null: the gateway answered by itself. */
export interface Routed {
  readonly backend: Backend | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: a 200, whose text is written when the answer is complete. */
  readonly body: string | null;
  /** Until the answer's first byte, failed attempts included. */
  readonly latencyMs: number;
}

/** `turn` chooses the gateway instance; `cookies` is the request's own header. */
export interface RouteRequest {
  readonly asked: ModelRequest;
  readonly turn: number;
  readonly cookies: string;
}

/**
 * Sends a request to a member of the pool, and to others where the policy retries. Attempts are decided at arrival:
 * their time adds up in the latency, but breakers and backends see them all at `nowMs`.
 */
export type Router = (nowMs: number, request: RouteRequest) => Routed;

export function createRouter(config: SimulatorConfig, behaviour: GatewayBehaviour, random: Random): Router {
  const pool = config.pool ?? poolSchema.parse({ members: [{ backend: config.backends[0]?.id }] });
  const setup = { pool, backends: config.backends, behaviour };
  const instances = Array.from({ length: pool.instances }, () => createPoolInstance(setup, random));
  const backends = new Map(
    config.backends.map((backend) => [
      backend.id,
      { backend: createBackend(backend, config.deployments, random), extraMs: backend.extraLatencyMs },
    ]),
  );
  const allDown = downAnswer(pool, config.latency.refusalMs);

  const attempt = (nowMs: number, asked: ModelRequest, to: { member: Member; instance: PoolInstance }): Routed => {
    const breaker = to.instance.breakerOf(to.member.backend);
    const target = backends.get(to.member.backend);
    if (!target || breaker.isOpen(nowMs)) return allDown;
    const answer = target.backend.answer(nowMs, asked);
    const tripped = breaker.record(nowMs, { status: answer.status, retryAfterMs: readRetryAfterMs(answer.headers) });
    const ownMs = answer.status === 200 ? drawFirstByteMs(config.latency, random) : config.latency.refusalMs;
    const latencyMs = ownMs + target.extraMs;
    if (tripped && pool.trippingCall === '503') return { ...allDown, latencyMs };
    return { ...answer, backend: target.backend, latencyMs };
  };

  return (nowMs, { asked, turn, cookies }) => {
    const instance = instances[turn % instances.length];
    if (!instance) throw new Error('A gateway has at least one instance.');
    let member = instance.select(nowMs, readAffinity(pool, cookies));
    let latencyMs = 0;
    for (let triesLeft = pool.retries; ; triesLeft -= 1) {
      const routed = member ? attempt(nowMs, asked, { member, instance }) : allDown;
      latencyMs += routed.latencyMs;
      const failed = routed.status === 429 || routed.status >= 500;
      if (!failed || triesLeft === 0) return { ...withAffinity(pool, routed), latencyMs };
      if (pool.reselect) member = instance.select(nowMs, null);
    }
  };
}

/** The text of a pool without a usable member before and after the product changed it; the newer is not published. */
const downMessages: Readonly<Record<PoolConfig['downBody'], string | null>> = {
  old: "Backend pool 'pool' is temporarily unavailable.",
  new: 'Service unavailable',
  empty: null,
};

function downAnswer({ downStatus, downBody }: PoolConfig, latencyMs: number): Routed {
  const message = downMessages[downBody];
  const body = message === null ? '' : gatewayBody(downStatus, message);
  return { backend: null, status: downStatus, headers: {}, body, latencyMs };
}

function readRetryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const seconds = headers['retry-after'];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

function readAffinity(pool: PoolConfig, cookies: string): string | null {
  if (pool.affinityCookie === null) return null;
  const pairs = cookies.split(';').map((pair) => pair.trim().split('='));
  const value = pairs.find(([name]) => name === pool.affinityCookie)?.[1];
  return value === undefined ? null : Buffer.from(value, 'base64url').toString('utf8');
}

function withAffinity(pool: PoolConfig, routed: Routed): Routed {
  if (pool.affinityCookie === null || !routed.backend) return routed;
  const cookie = `${pool.affinityCookie}=${Buffer.from(routed.backend.id).toString('base64url')}; Path=/; HttpOnly`;
  return { ...routed, headers: { ...routed.headers, 'set-cookie': cookie } };
}

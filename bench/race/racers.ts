import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import OpenAI from 'openai';
import { Agent, request } from 'undici';
import { percentile, type RaceOrder, type RaceResult, raceBody, raceHeaders, withUse } from './result';

/** Peers live in bench/node_modules: the product has nothing of them. */
const requirePeer = createRequire(join(resolve(__dirname, '..', '..'), 'bench', 'package.json'));

type RaceRun = Omit<RaceResult, 'cpuMsPerRequest' | 'maxRssMb'>;

export type Racer = (order: RaceOrder) => Promise<RaceResult>;

/** Each runs alone in a process of its own. */
export const racers: Readonly<Record<string, Racer>> = {
  undici: raceUndici,
  openai: raceOpenAi,
  autocannon: raceAutocannon,
  loadtest: raceLoadtest,
};

/** Bare undici as its documentation uses it: `request`, the body read as text, nothing recorded but the latency. */
async function raceUndici({ url, seconds, concurrency }: RaceOrder): Promise<RaceResult> {
  const agent = new Agent({ connections: concurrency });
  const result = await withUse(() =>
    inClosedLoop({ seconds, concurrency }, async () => {
      const answer = await request(url, { dispatcher: agent, method: 'POST', headers: raceHeaders, body: raceBody });
      await answer.body.text();
    }),
  );
  await agent.close();
  return result;
}

async function raceOpenAi({ url, seconds, concurrency }: RaceOrder): Promise<RaceResult> {
  const client = new OpenAI({ apiKey: 'bench', baseURL: url.replace(/\/chat\/completions.*/, ''), maxRetries: 0 });
  const { messages, max_tokens } = JSON.parse(raceBody);
  return withUse(() =>
    inClosedLoop({ seconds, concurrency }, async () => {
      await client.chat.completions.create({ model: 'gpt-4o', messages, max_tokens });
    }),
  );
}

async function inClosedLoop(
  { seconds, concurrency }: Pick<RaceOrder, 'seconds' | 'concurrency'>,
  ask: () => Promise<void>,
): Promise<RaceRun> {
  const latencies: number[] = [];
  const startedMs = performance.now();
  const endsMs = startedMs + seconds * 1000;
  const user = async () => {
    while (performance.now() < endsMs) {
      const sentMs = performance.now();
      await ask();
      latencies.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, user));
  const at = (share: number) => percentile(latencies, share);
  return {
    sent: latencies.length,
    answered: latencies.length,
    seconds: (performance.now() - startedMs) / 1000,
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
  };
}

async function raceAutocannon({ url, seconds, concurrency, perSecond }: RaceOrder): Promise<RaceResult> {
  const autocannon = requirePeer('autocannon');
  return withUse(async () => {
    const { requests, latency, duration } = await autocannon({
      url,
      duration: seconds,
      connections: concurrency,
      method: 'POST',
      headers: raceHeaders,
      body: raceBody,
      ...(perSecond && { overallRate: perSecond }),
    });
    const latencyMs = { p50: latency.p50, p95: null, p99: latency.p99 };
    return { sent: requests.sent, answered: requests.total, seconds: duration, latencyMs };
  });
}

async function raceLoadtest({ url, seconds, concurrency, perSecond }: RaceOrder): Promise<RaceResult> {
  const { loadTest } = requirePeer('loadtest');
  return withUse(async () => {
    const { totalRequests, elapsedSeconds, percentiles } = await loadTest({
      url,
      maxSeconds: seconds,
      concurrency,
      agentKeepAlive: true,
      method: 'POST',
      headers: raceHeaders,
      body: raceBody,
      contentType: 'application/json',
      cores: 1,
      quiet: true,
      ...(perSecond && { requestsPerSecond: perSecond }),
    });
    const latencyMs = { p50: percentiles['50'], p95: percentiles['95'], p99: percentiles['99'] };
    return { sent: totalRequests, answered: totalRequests, seconds: elapsedSeconds, latencyMs };
  });
}

import { AzureOpenAI } from 'openai';
import { parseSimulatorConfig, type SimulatorConfigInput } from '../../simulator/config';
import { type Simulator, startSimulator } from '../../simulator/server';
import { contoso, start } from './drive';

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A simulator whose clock runs ahead instead of waiting. */
async function aSimulator(config: Partial<SimulatorConfigInput> = {}): Promise<Simulator> {
  let nowMs = start;
  const clock = {
    nowMs: () => nowMs,
    wait: async (ms: number) => {
      nowMs += ms;
    },
  };
  const parsed = parseSimulatorConfig({ customers: [contoso], ...config });
  const simulator = await startSimulator({ config: parsed, port: 0, clock });
  running.push(simulator);
  return simulator;
}

const question = { role: 'user' as const, content: 'Say it twice.' };
const ask = { model: 'gpt-4o', messages: [question], max_tokens: 5 };

function anSdk(simulator: Simulator, apiKey: string = contoso.key): AzureOpenAI {
  return new AzureOpenAI({ endpoint: `${simulator.url}/aoai`, apiKey, apiVersion: '2024-10-21', maxRetries: 0 });
}

test('the OpenAI SDK gets its answer', async () => {
  const { data, response } = await anSdk(await aSimulator())
    .chat.completions.create(ask)
    .withResponse();
  expect(data.usage).toEqual({ prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 });
  expect(data.choices[0]?.message.content).toBe('All well well well well');
  expect(response.headers.get('consumed-tokens')).toBe('16');
  expect(response.headers.get('remaining-tokens')).toBe('84');
  expect(response.headers.get('x-ms-region')).toBe('Sweden Central');
});

test('the OpenAI SDK reads a streamed answer with its usage', async () => {
  const stream = await anSdk(await aSimulator()).chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  });
  const texts: string[] = [];
  const usages: unknown[] = [];
  for await (const chunk of stream) {
    texts.push(chunk.choices[0]?.delta.content ?? '');
    if (chunk.usage) usages.push(chunk.usage);
  }
  expect(texts.join('')).toBe('All well well well well');
  expect(usages).toEqual([{ prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 }]);
});

test('the OpenAI SDK reports a refused key and an exceeded limit', async () => {
  const simulator = await aSimulator({ customers: [{ ...contoso, tokensPerMinute: 10 }] });
  await expect(anSdk(simulator, 'stolen').chat.completions.create(ask)).rejects.toMatchObject({ status: 401 });
  await anSdk(simulator).chat.completions.create(ask);
  await expect(anSdk(simulator).chat.completions.create(ask)).rejects.toMatchObject({ status: 429 });
});

test('the v1 path takes the deployment from the body', async () => {
  const simulator = await aSimulator();
  const answer = await fetch(`${simulator.url}/aoai/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': contoso.key },
    body: JSON.stringify(ask),
  });
  expect(await answer.json()).toMatchObject({ model: 'gpt-4o', usage: { total_tokens: 16 } });
});

test('tells the truth and serves a meter, without a key in either', async () => {
  const faults = [{ name: 'limit-factor', factor: 2 }];
  const simulator = await aSimulator({ customers: [{ ...contoso, faults }] });
  await anSdk(simulator).chat.completions.create(ask);
  const truth = await (await fetch(`${simulator.url}/__truth`)).text();
  expect(JSON.parse(truth).customers).toEqual([
    {
      id: 'contoso',
      subscriptionId: 'contoso',
      limiter: 'sliding-window',
      enforcedTokensPerMinute: 200,
      counters: 1,
      counter: 'contoso',
      quota: null,
      faults: [
        { name: 'limit-factor', rule: 'token-limit/limit-value', truth: 'the limit enforced is 2 times the one sold' },
      ],
    },
  ]);
  expect(truth).not.toContain(contoso.key);
  const span = `from=${new Date(start).toISOString()}&to=${new Date(start + 60_000).toISOString()}`;
  expect(await (await fetch(`${simulator.url}/__meter?${span}`)).json()).toEqual({
    rows: [{ subscriptionId: 'contoso', requests: 1, promptTokens: 11, completionTokens: 5, totalTokens: 16 }],
  });
});

test('resets the connection where that fault is planted', async () => {
  const simulator = await aSimulator({ customers: [{ ...contoso, faults: [{ name: 'connection-resets' }] }] });
  await expect(anSdk(simulator).chat.completions.create(ask)).rejects.toThrow('Connection error');
});

test('says that a port is taken', async () => {
  const { port } = await aSimulator();
  const config = parseSimulatorConfig({ customers: [contoso] });
  await expect(startSimulator({ config, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a fault of the simulator itself says so', async () => {
  const nowMs = () => {
    throw new Error('the clock stopped');
  };
  const config = parseSimulatorConfig({ customers: [contoso] });
  const simulator = await startSimulator({ config, port: 0, clock: { nowMs, wait: async () => {} } });
  running.push(simulator);
  const answer = await fetch(simulator.url, { method: 'POST' });
  expect(answer.status).toBe(500);
  expect(await answer.text()).toBe('The simulator itself failed: Error: the clock stopped');
});

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type RaceOrder, type RaceResult, raceBody, raceHeaders } from './result';
import type { Stall } from './serve';

const root = resolve(__dirname, '..', '..');
const racerFile = join(root, 'dist', 'bench', 'racer.js');
const path = '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21';

/** A server in a process of its own, and what races against it, each in its own too. */
export interface Race {
  /** One of `racers`. */
  readonly run: (racer: string, order: Omit<RaceOrder, 'url'>) => Promise<RaceResult>;
  /** `gateway-audit load` as a user starts it. */
  readonly runEngine: (order: Omit<RaceOrder, 'url'> & { readonly flags?: readonly string[] }) => Promise<EngineResult>;
  /** Requests a second of wrk, which is written in C; null where it is not installed. */
  readonly runWrk: (order: Omit<RaceOrder, 'url'>) => Promise<number | null>;
  readonly close: () => Promise<void>;
}

export interface EngineResult extends RaceResult {
  readonly planned: number;
  readonly unsent: number;
  readonly lateMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

export async function startRace(stall: Stall): Promise<Race> {
  const server = spawn(process.execPath, [racerFile, 'server', JSON.stringify(stall)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const port = await portOf(server);
  const endpoint = `http://127.0.0.1:${port}/aoai`;
  return {
    run: async (racer, order) =>
      JSON.parse(await outputOf([racerFile, racer, JSON.stringify({ ...order, url: `${endpoint}${path}` })])),
    runEngine: async (order) => toEngineResult(JSON.parse(await outputOf(engineArguments(endpoint, order)))),
    runWrk: (order) => requestsOfWrk({ ...order, url: `${endpoint}${path}` }),
    async close() {
      server.kill();
      await once(server, 'exit');
    },
  };
}

function engineArguments(
  endpoint: string,
  { seconds, perSecond, concurrency, flags = [] }: Parameters<Race['runEngine']>[0],
): readonly string[] {
  const much = perSecond === undefined ? ['--concurrency', String(concurrency)] : ['--rate', String(perSecond)];
  const target = ['--endpoint', endpoint, '--deployment', 'gpt-4o', '--api-version', '2024-10-21'];
  const command = [join(root, 'bin', 'gateway-audit.js'), 'load', ...target, '--key-setting', 'BENCH_KEY'];
  return [...command, ...much, '--duration', `PT${seconds}S`, '--max-tokens', '5', '--json', ...flags];
}

function toEngineResult(load: EngineResult & { readonly requestsPerSecond: number }): EngineResult {
  return { ...load, seconds: load.answered / load.requestsPerSecond };
}

function outputOf(args: readonly string[]): Promise<string> {
  const env = { ...process.env, BENCH_KEY: 'bench' };
  return new Promise((resolveOutput, reject) => {
    execFile(process.execPath, [...args], { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (stdout.trim() !== '') resolveOutput(stdout);
      else reject(new Error(`${args.slice(0, 3).join(' ')} said nothing: ${stderr.slice(0, 500)}`, { cause: error }));
    });
  });
}

async function requestsOfWrk({ url, seconds, concurrency }: RaceOrder): Promise<number | null> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-bench-'));
  const script = join(folder, 'post.lua');
  const headers = Object.entries(raceHeaders).map(([name, value]) => `wrk.headers["${name}"] = "${value}"`);
  writeFileSync(script, ['wrk.method = "POST"', `wrk.body = [[${raceBody}]]`, ...headers].join('\n'));
  const args = ['-t1', `-c${concurrency}`, `-d${seconds}s`, '-s', script, url];
  try {
    const { stdout } = await promisify(execFile)('wrk', args);
    return Math.round(Number(/Requests\/sec:\s*([\d.]+)/.exec(stdout)?.[1]));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function portOf(server: ChildProcess): Promise<number> {
  if (server.stdout === null) throw new Error('The server has no output.');
  const [line] = await once(server.stdout, 'data');
  return JSON.parse(String(line)).port;
}

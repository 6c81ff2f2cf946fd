import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const root = resolve(__dirname, '..', '..');
const key = 'bench';
const startTimeoutMs = 30_000;

/** The local host as `npm run host` starts it, in a process of its own. */
export interface BenchHost {
  readonly runByHand: (functionName: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startBenchHost(settings: Readonly<Record<string, string>>): Promise<BenchHost> {
  const child = spawn(process.execPath, [resolve(root, 'dist', 'local', 'host.js')], {
    cwd: root,
    env: { PATH: process.env.PATH, ...settings, PORT: '0', LOCAL_FUNCTION_KEY: key },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const address = await new Promise<string>((found, fail) => {
    let printed = '';
    const timer = setTimeout(() => fail(new Error(`The host did not start. It printed: ${printed}`)), startTimeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk;
      const base = /Listening at (http:\/\/[^/\s]+)/.exec(printed)?.[1];
      if (base === undefined) return;
      clearTimeout(timer);
      found(base);
    });
  });
  return {
    async runByHand(functionName) {
      const { status } = await fetch(`${address}/admin/functions/${functionName}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-functions-key': key },
        body: '{}',
      });
      if (status !== 202) throw new Error(`The host answered ${status} where ${functionName} was to be run.`);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

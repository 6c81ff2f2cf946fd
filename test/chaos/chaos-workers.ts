import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ChaosPlace } from './open-chaos-app';

const root = resolve(__dirname, '../..');
const workerCount = 2;

/** The worker as one file of JavaScript that finds its packages in node_modules. */
export function bundledWorker(): string {
  const folder = join(root, 'node_modules', '.cache', 'gateway-audit');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `chaos-worker-${process.pid}.js`);
  const flags = ['--bundle', '--platform=node', '--packages=external', '--log-level=error', `--outfile=${file}`];
  execFileSync(join(root, 'node_modules', '.bin', 'esbuild'), [join(__dirname, 'worker.ts'), ...flags]);
  return file;
}

export function createWorkers(file: string, place: ChaosPlace) {
  let running: ChildProcess[] = [];
  const spawnOne = () =>
    spawn(process.execPath, [file], {
      env: { ...process.env, CHAOS_PLACE: JSON.stringify(place) },
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: root,
    });
  const isReady = (child: ChildProcess) => new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  return {
    async start() {
      running = Array.from({ length: workerCount }, spawnOne);
      await Promise.all(running.map(isReady));
    },
    killOne() {
      const at = Math.floor(Math.random() * running.length);
      running[at]?.kill('SIGKILL');
      running[at] = spawnOne();
    },
    async stop() {
      const alive = running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
      const ended = alive.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of alive) child.kill('SIGKILL');
      await Promise.all(ended);
      rmSync(file, { force: true });
    },
  };
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const root = resolve(__dirname, '../..');

/** A compiled copy of the whole app in a folder of its own, so that a test runs what stands in the work tree now. */
export function buildApp(files: Readonly<Record<string, unknown>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'built-app-'));
  buildSync({
    entryPoints: globSync('{src,local,simulator,exam}/**/*.ts', { cwd: root }).map((file) => join(root, file)),
    outdir: join(folder, 'dist'),
    outbase: root,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
  });
  for (const name of ['package.json', 'host.json', 'audit.config.example.json', 'simulator.config.example.json']) {
    cpSync(join(root, name), join(folder, name));
  }
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(value));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** What it has printed so far, stdout and stderr together. */
  printed(): string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface ProgramSurroundings {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** In a process group of its own, as a shell starts it. */
  readonly detached?: boolean;
}

/** Runs a compiled file, such as `local/host.js`, in the folder. Ended at the latest by endPrograms. */
export function runProgram(
  folder: string,
  file: string,
  { args = [], env = {}, detached = false }: ProgramSurroundings = {},
): RunningProgram {
  const child = spawn(process.execPath, [join(folder, 'dist', file), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += chunk));
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  programs.add(child);
  return { child, printed: () => printed, ended };
}

/** Waits until the program has printed something that fits, and answers its first group; says all that it printed if not. */
export async function printedBy(program: RunningProgram, pattern: RegExp): Promise<string> {
  let hasEnded = false;
  void program.ended.then(() => {
    hasEnded = true;
  });
  const deadlineMs = Date.now() + 20_000;
  while (Date.now() < deadlineMs) {
    const found = pattern.exec(program.printed());
    if (found) return found[1] ?? found[0];
    if (hasEnded) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`It never printed ${pattern}, but:\n${program.printed()}`);
}

const programs = new Set<ChildProcess>();

export function endPrograms(): void {
  for (const child of programs) child.kill('SIGKILL');
  programs.clear();
}

/** The command lines of processes that run something of this folder. */
export function processesOf(folder: string): readonly string[] {
  const all = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return all.split('\n').filter((line) => line.includes(folder));
}

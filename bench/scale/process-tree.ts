import { readdirSync, readFileSync } from 'node:fs';

/** What processes have used so far. */
export interface Use {
  readonly cpuMs: number;
  readonly maxMb: number;
}

/** Linux counts a process's time in hundredths of a second. */
const tickMs = 10;

/** Of the hosts that this process has started, with their apps, and of Azurite. Linux only: it reads /proc. */
export function processesUse(): { readonly hosts: Use; readonly azurite: Use } {
  const children = childrenOf(process.pid);
  const isAzurite = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('azurite');
  return {
    hosts: sumOf(children.filter((pid) => !isAzurite(pid)).flatMap((pid) => [pid, ...childrenOf(pid)])),
    azurite: sumOf(children.filter(isAzurite)),
  };
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

function sumOf(pids: readonly number[]): Use {
  const stats = pids.map((pid) => statOf(pid));
  return {
    cpuMs: stats.reduce((sum, stat) => sum + (stat?.cpuMs ?? 0), 0),
    maxMb: pids.reduce((sum, pid) => sum + mostMbOf(pid), 0),
  };
}

function statOf(pid: number): { readonly parent: number; readonly cpuMs: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; after it come state, parent … and, 12th and 13th, the ticks.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

function mostMbOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

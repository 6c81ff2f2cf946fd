import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** Where and with what a run was made; a number without it says little. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Load average of the last minute before the run, a core's worth each; what else ran then spoils numbers. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(root: string): Machine {
  const versionOf = (folder: string, name: string) =>
    String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))[name] ?? '');
  const dependency = (name: string) => [name, versionOf(join(root, 'node_modules', name), 'version')] as const;
  const peer = (name: string) => [name, versionOf(join(root, 'bench', 'node_modules', name), 'version')] as const;
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    versions: Object.fromEntries([
      ['gateway-audit', versionOf(root, 'version')],
      ...['undici', 'openai', 'azurite'].map(dependency),
      ...['autocannon', 'loadtest'].map(peer),
    ]),
  };
}

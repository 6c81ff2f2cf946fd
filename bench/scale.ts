import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../local/azurite';
import { readSimulatorConfigFile } from '../simulator/read-config-file';
import { startSimulator } from '../simulator/server';
import { openStorage } from '../src/adapters/storage/open-storage';
import { type Bench, measured, raced } from './bench';
import { type BenchHost, startBenchHost } from './scale/bench-host';
import { processesUse } from './scale/process-tree';

interface Sweep {
  readonly customers: number;
  readonly hosts: number;
  /** Of the model behind the gateway. */
  readonly latencyMs: number;
}

interface SweepResult {
  readonly seconds: number;
  readonly hostCpuMs: number;
  readonly azuriteCpuMs: number;
  readonly hostMb: number;
}

const limitSeconds = 60;
const longestMs = 240_000;
const oneSweep: Sweep = { customers: 1000, hosts: 1, latencyMs: 100 };
const slowModel = { customers: 128, latencyMs: 2000 };
/** Of the two-host race, whose rounds take a minute each. An idle host looks for messages every 5 s at the latest: short ones tell little. */
const raceRounds = 3;

/** Sweeps of limit-status by the local host as it ships, on Azurite, against the simulator. */
export const scale: Bench = {
  about: '1,000 customers in one sweep by one host, and two hosts against one where the model is slow',
  run: async (tell) => {
    const sweep = await runSweep(oneSweep);
    tell(`${oneSweep.customers} customers in ${sweep.seconds.toFixed(1)} s`);
    const pairs: { own: number; peer: number }[] = [];
    for (let round = 0; round < raceRounds; round++) {
      const [one, two] = [await runSweep({ ...slowModel, hosts: 1 }), await runSweep({ ...slowModel, hosts: 2 })];
      pairs.push({ own: slowModel.customers / two.seconds, peer: slowModel.customers / one.seconds });
      tell(
        `${slowModel.customers} customers: ${one.seconds.toFixed(1)} s by one host, ${two.seconds.toFixed(1)} s by two`,
      );
    }
    const each = (value: number) => ({ samples: [value / oneSweep.customers] });
    return [
      measured('limit-status of 1,000 customers, one host, model 100 ms', 's', {
        samples: [sweep.seconds],
        goal: { atMost: limitSeconds },
      }),
      measured('CPU of host and app an audit', 'ms', each(sweep.hostCpuMs)),
      measured('CPU of Azurite an audit, on the same cores', 'ms', each(sweep.azuriteCpuMs)),
      measured('most memory of host and app', 'MB', { samples: [sweep.hostMb] }),
      raced('two hosts on one storage, model 2 s', 'audits/s', { peer: 'one host', pairs, goal: { atLeast: 1.7 } }),
    ];
  },
};

async function runSweep({ customers, hosts, latencyMs }: Sweep): Promise<SweepResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scale-'));
  const ids = Array.from({ length: customers }, (_, at) => `customer-${String(at).padStart(5, '0')}`);
  const simulator = await startSimulator({ config: simulatorConfig(folder, ids, latencyMs), port: 0 });
  const azurite = await startAzurite(join(folder, 'azurite'), { blob: 0, queue: 0, table: 0 });
  const running: BenchHost[] = [];
  try {
    const { connectionString } = azurite;
    const settings = {
      AzureWebJobsStorage: connectionString,
      AUDIT_CONFIG: writeConfig(folder, ids, simulator.url),
      ...Object.fromEntries(ids.map((id) => [keySettingOf(id), keyOf(id)])),
    };
    for (let host = 0; host < hosts; host++) running.push(await startBenchHost(settings));
    const storage = openStorage({ kind: 'connection-string', settingName: 'AzureWebJobsStorage', connectionString });
    await storage.prepare();
    const before = processesUse();
    const startedMs = performance.now();
    await running[0]?.runByHand('dispatch');
    let audited = 0;
    while (audited < customers) {
      if (performance.now() - startedMs > longestMs) throw new Error(`Only ${audited} of ${customers} were audited.`);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const statuses = await storage.limits.readAll();
      audited = statuses.filter(({ verdicts }) => verdicts['limit-status'] !== undefined).length;
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const after = processesUse();
    return {
      seconds,
      hostCpuMs: after.hosts.cpuMs - before.hosts.cpuMs,
      azuriteCpuMs: after.azurite.cpuMs - before.azurite.cpuMs,
      hostMb: after.hosts.maxMb,
    };
  } finally {
    await Promise.all(running.map((host) => host.stop()));
    await azurite.stop();
    await simulator.close();
  }
}

function simulatorConfig(folder: string, ids: readonly string[], latencyMs: number) {
  const file = join(folder, 'simulator.json');
  const config = {
    port: 0,
    basePath: '/aoai',
    latency: { baseMs: latencyMs, perTokenMs: 0, jitterMs: 0 },
    deployments: [{ name: 'gpt-4o' }],
    backends: [{ id: 'sweden', region: 'Sweden Central', tokensPerMinute: null, requestsPer10Seconds: null }],
    customers: ids.map((id) => ({ id, key: keyOf(id), limiter: 'sliding-window', tokensPerMinute: 1000 })),
  };
  writeFileSync(file, JSON.stringify(config));
  return readSimulatorConfigFile(file);
}

function writeConfig(folder: string, ids: readonly string[], url: string): string {
  const file = join(folder, 'audit.config.json');
  const gateway = { id: 'main', endpoint: `${url}/aoai`, deployment: 'gpt-4o', apiVersion: '2024-10-21' };
  const customers = ids.map((id) => ({
    id,
    gateway: 'main',
    key: { setting: keySettingOf(id) },
    tokensPerMinute: 1000,
    checks: ['limit-status'],
  }));
  writeFileSync(file, JSON.stringify({ gateways: [gateway], customers }));
  return file;
}

function keySettingOf(id: string): string {
  return `KEY_OF_${id.replace('-', '_').toUpperCase()}`;
}

function keyOf(id: string): string {
  return `bench-key-${id}`;
}

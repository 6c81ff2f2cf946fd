import { createEngine, type Engine } from './engine';
import { createRandom } from './random';
import { type Simulator, type SimulatorClock, startEngines } from './server';
import { type ZooEntry, zooConfigOf, zooEntries } from './zoo';

export interface ZooOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly clock?: SimulatorClock;
}

/**
 * Serves every gateway of the zoo on one port, each at `/zoo/<name>` with a counter of its own: its API below
 * `/zoo/<name>/aoai`, its truth at `/zoo/<name>/__truth`. An engine is made when it is first asked.
 */
export function startZoo(options: ZooOptions): Promise<Simulator> {
  const entries = new Map(zooEntries().map((entry) => [entry.name, entry]));
  const engines = new Map<string, Engine>();
  const engineOf = (name: string, entry: ZooEntry): Engine => {
    const engine = engines.get(name) ?? openEntry(entry);
    engines.set(name, engine);
    return engine;
  };
  return startEngines((path) => {
    const [, name = '', rest = ''] = /^\/zoo\/([^/?]+)(\/.*)$/.exec(path) ?? [];
    const entry = entries.get(name);
    return entry === undefined ? null : { engine: engineOf(name, entry), path: rest };
  }, options);
}

function openEntry(entry: ZooEntry): Engine {
  const config = zooConfigOf(entry);
  const engine = createEngine(config, { random: createRandom(config.seed) });
  const { mustFail, mayFail } = entry;
  return { ...engine, truth: () => ({ ...engine.truth(), mustFail, mayFail }) };
}

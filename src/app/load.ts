import { randomBytes } from 'node:crypto';
import { openEntraTokens } from '../adapters/entra-token';
import { proxiesOf } from '../adapters/gateway/gateway-dispatcher';
import { type GatewayOptions, type OpenGateway, openGateway } from '../adapters/gateway/gateway-http';
import { processUse } from '../adapters/process-use';
import { systemClock } from '../adapters/system-clock';
import { auditIdRandomBytes, newAuditId } from '../audit/audit-id';
import type { CounterCharges } from '../audit/ports';
import type { Config, Settings } from '../config';
import type { SendProbe } from '../probe/gateway';
import { type LoadQuestion, loadRequestOf } from '../probe/load-request';
import { type LoadCounts, tallyByCustomer } from '../probe/load-tally';
import { type LoadPlan, type LoadWatch, runLoad } from '../probe/run-load';
import { customerOf } from './customer-of';
import { version } from './version';

export interface LoadOrder extends Pick<LoadPlan, 'arrivals' | 'durationMs'> {
  readonly question: LoadQuestion;
}

/** What came of a load. Seconds count from its start to the last answer, and so does the rate of what was answered or refused. */
export interface LoadResult extends LoadCounts {
  readonly planned: number;
  readonly unsent: number;
  readonly unfinished: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Of this whole process: CPU time while the load ran ÷ probes sent, and the most memory ever. */
  readonly cpuMsPerRequest: number;
  readonly maxRssMb: number;
  /** By customer, where there are several. */
  readonly customers?: Readonly<Record<string, LoadCounts>>;
}

export interface EndedLoad {
  readonly result: LoadResult;
  /** What ended it, where that was a mistake of ours. */
  readonly fault?: unknown;
}

export interface LoadWatcher extends Pick<LoadWatch, 'signal'> {
  /** Every second: what is counted so far. */
  readonly onTick?: (elapsedMs: number, counts: LoadCounts) => void;
}

export interface LoadTarget {
  readonly config: Config;
  readonly settings: Settings;
  /** Where the customers' counters are real ones, audits to come must know that they were charged. */
  readonly charges?: CounterCharges;
}

/** Loads the gateways of a configuration's customers, over connections that are kept. Nothing is judged or stored. */
export async function loadGateways(
  { config, settings, charges }: LoadTarget,
  order: LoadOrder,
  { signal, onTick }: LoadWatcher = {},
): Promise<EndedLoad> {
  const ids = order.question.customers.map(({ id }) => id);
  // A caller has one connection, as a real one would.
  const most = 'concurrency' in order.arrivals ? { mostConnections: order.arrivals.concurrency } : {};
  const gateways = openGateways(config, settings, { ids, most });
  const tally = tallyByCustomer(ids);
  const before = processUse();
  const plan: LoadPlan = {
    auditId: newAuditId(systemClock.nowMs(), randomBytes(auditIdRandomBytes)),
    arrivals: order.arrivals,
    durationMs: order.durationMs,
    requestOf: loadRequestOf(order.question),
  };
  const watch: LoadWatch = {
    onSent: tally.addSent,
    onExchange: tally.addExchange,
    ...(onTick && { onTick: (elapsedMs) => onTick(elapsedMs, tally.counts()) }),
    ...(signal && { signal }),
  };
  const end = await runLoad(plan, { send: gateways.send, clock: systemClock }, watch);
  const after = processUse();
  await gateways.close();
  if (charges !== undefined) await noteCharges(charges, { config, ids, tokens: tally.tokensOf, atMs: end.finishedMs });
  const counts = tally.counts();
  const seconds = (end.finishedMs - end.startedMs) / 1000;
  const result: LoadResult = {
    planned: end.planned,
    ...counts,
    unsent: end.unsent,
    unfinished: end.unfinished,
    requestsPerSecond: seconds === 0 ? 0 : rounded((counts.answered + counts.refused) / seconds, 1),
    seconds: rounded(seconds, 3),
    cpuMsPerRequest: end.sent === 0 ? 0 : rounded((after.cpuMs - before.cpuMs) / end.sent, 3),
    maxRssMb: rounded(after.maxRssMb, 1),
    ...(ids.length > 1 && { customers: tally.countsByCustomer() }),
  };
  return 'fault' in end ? { result, fault: end.fault } : { result };
}

/** One opened gateway a customer: each has its own key, and may have its own address. */
function openGateways(
  config: Config,
  settings: Settings,
  { ids, most }: { readonly ids: readonly string[]; readonly most: Pick<GatewayOptions, 'mostConnections'> },
) {
  const tokenOf = openEntraTokens();
  const opened = new Map<string, OpenGateway>(
    ids.map((id) => {
      const customer = customerOf(config, id);
      const declared = config.gateways.find((gateway) => gateway.id === customer.gateway);
      if (declared === undefined) throw new Error(`The checked configuration lacks gateway ${customer.gateway}.`);
      const keyOf = () => settings[customer.key?.setting ?? ''] ?? null;
      const proxies = proxiesOf(settings);
      const options = { declared, auditedCustomerId: id, keyOf, tokenOf, proxies, version, clock: systemClock };
      return [id, openGateway({ ...options, ...most, connections: 'kept' })];
    }),
  );
  const send: SendProbe = (order) => {
    const gateway = opened.get(order.request.customerId ?? '');
    return gateway === undefined ? Promise.reject(new Error('A load asked for nobody.')) : gateway.send(order);
  };
  return { send, close: () => Promise.all([...opened.values()].map((gateway) => gateway.close())) };
}

/** Each counter's, with what its customers used together: an audit waits until that has aged out. */
async function noteCharges(
  charges: CounterCharges,
  load: {
    readonly config: Config;
    readonly ids: readonly string[];
    readonly tokens: (customerId: string) => number;
    readonly atMs: number;
  },
): Promise<void> {
  const tokensBy = new Map<string, number>();
  for (const id of load.ids) {
    const { counter } = customerOf(load.config, id);
    tokensBy.set(counter, (tokensBy.get(counter) ?? 0) + load.tokens(id));
  }
  for (const [counter, tokens] of tokensBy) await charges.record(counter, { atMs: load.atMs, tokens });
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

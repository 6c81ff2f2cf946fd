import type { SimulatorConfigInput } from './config';

/** A fault of a whole gateway, and all that the audits of its one customer must fail. */
export interface PlantedOnGateway {
  readonly fault: { readonly name: string; readonly [parameter: string]: unknown };
  /** Rules as `check/rule`. */
  readonly fails: readonly string[];
  readonly simulated?: Omit<Partial<SimulatorConfigInput>, 'customers'>;
  readonly gateway?: object;
  readonly customer?: object;
}

const breaker = { failures: 1, interval: 'PT1M', tripDuration: 'PT30S' };

/** Two regions as sold, and the same two as simulated. */
function pool(weights: readonly number[], more: object = {}): Pick<PlantedOnGateway, 'simulated' | 'gateway'> {
  const ids = ['West', 'East'];
  return {
    simulated: {
      backends: ids.map((id) => ({ id, region: id })),
      pool: { members: ids.map((backend, at) => ({ backend, weight: weights[at] ?? 1 })) },
    },
    gateway: { pool: { members: ids.map((id, at) => ({ id, weight: weights[at] ?? 1 })) }, ...more },
  };
}

/** A first choice and one to fail over to. */
function tiers(first: object, declared: object = {}): Pick<PlantedOnGateway, 'simulated' | 'gateway'> {
  return {
    simulated: {
      backends: [
        { id: 'West', region: 'West', breaker, ...first },
        { id: 'East', region: 'East', breaker },
      ],
      pool: {
        members: [
          { backend: 'West', priority: 1 },
          { backend: 'East', priority: 2 },
        ],
      },
    },
    gateway: {
      pool: {
        members: [
          { id: 'West', priority: 1 },
          { id: 'East', priority: 2 },
        ],
        ...declared,
      },
    },
  };
}

const provoking = { checkSettings: { 'load-balance': { provokeFailover: true } } };
/** A first choice that a few probes bring to its own limit. */
const small = { tokensPerMinute: 6000, requestsPer10Seconds: null };

export const plantedOnGateways: readonly PlantedOnGateway[] = [
  { fault: { name: 'no-key-accepted' }, fails: ['access/no-key-refused'] },
  { fault: { name: 'any-key-accepted' }, fails: ['access/bad-key-refused'] },
  { fault: { name: 'backend-header-missing' }, fails: ['limit-status/headers-present'] },
  {
    fault: { name: 'foreign-region' },
    ...pool([1, 1], { allowedBackends: ['West', 'East'] }),
    fails: ['load-balance/residency'],
  },
  { fault: { name: 'weights-ignored' }, ...pool([80, 20]), fails: ['load-balance/spread'] },
  { fault: { name: 'weights-replaced', weights: [80, 20] }, ...pool([50, 50]), fails: ['load-balance/spread'] },
  { fault: { name: 'sticky' }, ...pool([1, 1]), fails: ['load-balance/spread'] },
  { fault: { name: 'priority-ignored' }, ...tiers({}, { acceptRetryAfter: false }), fails: ['load-balance/priority'] },
  {
    fault: { name: 'breaker-never-trips' },
    ...tiers({ failing: { status: 500 } }),
    fails: ['limit-status/reachable', 'load-balance/failover'],
  },
  { fault: { name: 'breaker-never-resets' }, ...tiers(small), customer: provoking, fails: ['load-balance/recovery'] },
];

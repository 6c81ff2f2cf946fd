import type { SimulatorConfigInput } from './config';
import type { LimiterKind } from './limiter';

/** A planted fault, and all that the audits of its customer must fail: nothing else, and nothing less. */
export interface PlantedOnCustomer {
  readonly fault: { readonly name: string; readonly [parameter: string]: unknown };
  /** Rules as `check/rule`, in alphabetical order. Empty: nobody may be blamed, whichever check is run. */
  readonly fails: readonly string[];
  /** Why the fault's own rule is not among them. */
  readonly insteadBecause?: string;
  /** Both kinds where absent. */
  readonly limiters?: readonly LimiterKind[];
  readonly simulated?: Partial<SimulatorConfigInput['customers'][number]>;
  readonly customer?: object;
  readonly gateway?: object;
  /** What tells it from another row of the same fault. */
  readonly variant?: string;
  /** Its gateway declares the simulator's own meter. */
  readonly isMetered?: boolean;
}

const moreTokens = { checkSettings: { 'token-limit': { maxTokensFactor: 2.5 } } };
const withoutHeaders = { headers: {} };
const shared = { dedicated: false, checks: ['limit-status', 'access', 'token-limit'] };
const quota = { tokens: 500, period: 'Hourly' } as const;
const exhausting = {
  tokenQuota: quota,
  maxTokensPerDay: 20_000,
  checkSettings: { 'token-quota': { exhaustQuota: true } },
};

export const plantedOnCustomers: readonly PlantedOnCustomer[] = [
  // What remains is counted from the limit in force, so its header shows a wrong limit as well.
  {
    fault: { name: 'limit-factor', factor: 2 },
    customer: moreTokens,
    fails: ['token-limit/limit-value', 'token-limit/remaining-header'],
  },
  {
    fault: { name: 'limit-factor', factor: 1.25 },
    fails: ['token-limit/limit-value', 'token-limit/remaining-header'],
  },
  {
    fault: { name: 'limit-factor', factor: 1.25 },
    gateway: withoutHeaders,
    variant: 'without-headers',
    fails: ['token-limit/limit-value'],
  },
  {
    fault: { name: 'limit-factor', factor: 0.8 },
    limiters: ['sliding-window'],
    fails: ['token-limit/limit-value', 'token-limit/remaining-header'],
  },
  // A debt is paid off more slowly than the limit sold would.
  {
    fault: { name: 'limit-factor', factor: 0.8 },
    limiters: ['token-bucket'],
    fails: ['token-limit/limit-value', 'token-limit/recovery'],
  },
  {
    fault: { name: 'limit-factor', factor: 0.5 },
    limiters: ['sliding-window'],
    fails: ['token-limit/limit-value', 'token-limit/remaining-header'],
  },
  {
    fault: { name: 'limit-factor', factor: 0.5 },
    limiters: ['token-bucket'],
    fails: ['token-limit/limit-value', 'token-limit/recovery', 'token-limit/remaining-header'],
  },
  { fault: { name: 'no-limit' }, fails: ['token-limit/limit-enforced', 'token-limit/limit-value'] },
  {
    fault: { name: 'limiter-kind', kind: 'token-bucket' },
    limiters: ['sliding-window'],
    fails: ['token-limit/limiter-kind'],
  },
  {
    fault: { name: 'limiter-kind', kind: 'sliding-window' },
    limiters: ['token-bucket'],
    fails: ['token-limit/limiter-kind'],
  },
  {
    fault: { name: 'extra-counters' },
    gateway: withoutHeaders,
    variant: 'without-headers',
    fails: ['token-limit/limit-enforced', 'token-limit/limit-value'],
  },
  {
    fault: { name: 'extra-counters' },
    fails: ['token-limit/limit-enforced'],
    insteadBecause: 'two falling series of what remains show that there are two counters, and then no limit is told',
  },
  { fault: { name: 'surface-escapes' }, fails: ['token-limit/same-counter-streamed'] },
  {
    fault: { name: 'surface-escapes', surface: 'embeddings' },
    gateway: { surfaces: ['chat', 'embeddings'] },
    fails: ['token-limit/same-counter-surfaces'],
    insteadBecause: 'another API has a rule of its own',
  },
  { fault: { name: 'never-recovers' }, fails: ['token-limit/recovery'] },
  { fault: { name: 'retry-after-missing' }, fails: ['token-limit/retry-after-present'] },
  { fault: { name: 'retry-after-unreadable' }, fails: ['token-limit/retry-after-present'] },
  { fault: { name: 'retry-after-too-short' }, fails: ['token-limit/retry-after-honest'] },
  { fault: { name: 'retry-after-constant' }, fails: ['token-limit/retry-after-honest'] },
  { fault: { name: 'retry-after-constant', message: 'honest' }, fails: ['token-limit/retry-after-honest'] },
  { fault: { name: 'retry-after-too-long' }, fails: ['token-limit/retry-after-honest'] },
  { fault: { name: 'retry-after-unlike-message' }, fails: ['token-limit/retry-after-honest'] },
  { fault: { name: 'consumed-header-lies' }, fails: ['token-limit/consumed-header'] },
  { fault: { name: 'remaining-header-lies' }, fails: ['token-limit/remaining-header'] },
  { fault: { name: 'remaining-header-lies', tokens: 5000 }, fails: ['token-limit/remaining-header'] },
  { fault: { name: 'headers-missing' }, fails: ['limit-status/headers-present'] },
  { fault: { name: 'connection-resets' }, fails: ['limit-status/reachable'] },
  { fault: { name: 'key-refused' }, fails: ['access/key-works', 'limit-status/reachable'] },
  { fault: { name: 'foreign-traffic', tokensPerMinute: 3000 }, customer: shared, fails: [] },
  { fault: { name: 'extra-latency', ms: 1000 }, fails: [] },
  { fault: { name: 'extra-latency', ms: 3000 }, fails: [] },
  { fault: { name: 'connection-resets', share: 0.2 }, fails: [], insteadBecause: 'a few are no news' },
  { fault: { name: 'garbage-answers' }, fails: [] },
  { fault: { name: 'garbage-answers', kind: 'html-502' }, fails: [] },
  { fault: { name: 'garbage-answers', kind: 'broken-json' }, fails: [] },
  { fault: { name: 'usage-missing' }, fails: ['usage/usage-reported'] },
  {
    fault: { name: 'quota-factor' },
    simulated: { quota },
    customer: exhausting,
    fails: ['token-quota/quota-enforced'],
  },
  {
    fault: { name: 'quota-countdown-lies' },
    simulated: { quota },
    customer: exhausting,
    fails: ['token-quota/quota-countdown'],
  },
  // Clear of the tenth that streamed calls may be off by.
  metered({ name: 'meter-factor', factor: 0.95 }, ['usage/metered']),
  metered({ name: 'meter-factor', factor: 1.05 }, ['usage/metered']),
  metered({ name: 'meter-loses-streams' }, ['usage/stream-parity']),
  metered({ name: 'meter-loses-prompts' }, ['usage/metered', 'usage/stream-parity']),
  metered({ name: 'meter-loses-calls' }, ['usage/metered', 'usage/stream-parity']),
  metered({ name: 'meter-counts-twice' }, ['usage/metered', 'usage/stream-parity']),
  metered({ name: 'meter-lacks-dimension' }, ['usage/attributed']),
  metered({ name: 'meter-books-on', subscriptionId: 'northwind' }, ['usage/attributed']),
];

/** Faults that need a customer beside them are seen in the tests of their own checks. */
export const seenElsewhere: readonly string[] = ['shared-counter'];

function metered(fault: PlantedOnCustomer['fault'], fails: readonly string[]): PlantedOnCustomer {
  return { fault, fails, isMetered: true, limiters: ['token-bucket'] };
}

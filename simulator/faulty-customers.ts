import type { SimulatorConfigInput } from './config';
import type { LimiterKind } from './limiter';

/** A planted fault, and all that the audits of its customer must fail, whichever check is run. */
export interface PlantedOnCustomer {
  readonly fault: { readonly name: string; readonly [parameter: string]: unknown };
  /** Rules as `check/rule`, in alphabetical order. Empty: nobody may be blamed. */
  readonly fails: readonly string[];
  /** Rules that the fault breaks as well, but that may be undecided: whether it shows depends on chance. */
  readonly mayFail?: readonly string[];
  /** Why the fault's own rule is not among them. */
  readonly insteadBecause?: string;
  /** Both kinds where absent. */
  readonly limiters?: readonly LimiterKind[];
  readonly simulated?: Partial<SimulatorConfigInput['customers'][number]>;
  readonly customer?: object;
  readonly gateway?: object;
  /** What tells it from another row of the same fault. */
  readonly variant?: string;
}

const moreTokens = { checkSettings: { 'token-limit': { maxTokensFactor: 2.5 } } };
const withoutHeaders = { headers: {} };
const shared = {
  dedicated: false,
  checks: ['limit-status', 'access', 'usage', 'token-limit', 'isolation', 'client-experience'],
};
/** Above what the other checks spend of it in the same hour. */
const quota = { tokens: 60_000, period: 'Hourly' } as const;
const exhausting = {
  tokenQuota: quota,
  maxTokensPerDay: 400_000,
  checkSettings: { 'token-quota': { exhaustQuota: true } },
};

const unheeded = 'client-experience/sdk-completes';

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
    mayFail: ['token-limit/limit-value', 'token-limit/remaining-header'],
    insteadBecause:
      'where two falling series of what remains show that there are two counters, no limit is told; whether they show depends on which counter answers when',
  },
  { fault: { name: 'surface-escapes' }, fails: ['token-limit/same-counter-streamed'] },
  {
    fault: { name: 'surface-escapes', surface: 'embeddings' },
    gateway: { surfaces: ['chat', 'embeddings'] },
    fails: ['token-limit/same-counter-surfaces'],
    insteadBecause: 'another API has a rule of its own',
  },
  {
    fault: { name: 'surface-escapes', surface: 'responses' },
    gateway: { surfaces: ['chat', 'responses'] },
    fails: ['token-limit/same-counter-surfaces'],
    insteadBecause: 'another API has a rule of its own',
  },
  {
    fault: { name: 'deployment-escapes' },
    customer: { alsoDeployments: ['gpt-4o-mini'] },
    fails: ['token-limit/same-counter-deployments'],
  },
  { fault: { name: 'never-recovers' }, fails: ['token-limit/recovery'] },
  // An SDK that is told nothing, or what it does not heed, comes back at once and gives up.
  { fault: { name: 'retry-after-missing' }, fails: [unheeded, 'token-limit/retry-after-present'] },
  { fault: { name: 'retry-after-unreadable' }, fails: [unheeded, 'token-limit/retry-after-present'] },
  // A bucket lets in a little even of one that comes back too early.
  ...(
    [
      { name: 'retry-after-too-short' },
      { name: 'retry-after-constant' },
      { name: 'retry-after-constant', message: 'honest' },
      { name: 'retry-after-too-long' },
    ] as const
  ).flatMap((fault): readonly PlantedOnCustomer[] => [
    { fault, limiters: ['sliding-window'], fails: [unheeded, 'token-limit/retry-after-honest'] },
    { fault, limiters: ['token-bucket'], fails: ['token-limit/retry-after-honest'] },
  ]),
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

/** Faults that need a customer beside them: `fabrikam`, an honest one. */
export const plantedBesideNeighbour: readonly PlantedOnCustomer[] = [
  { fault: { name: 'shared-counter', with: 'fabrikam' }, fails: ['isolation/isolated'] },
];

function metered(fault: PlantedOnCustomer['fault'], fails: readonly string[]): PlantedOnCustomer {
  return { fault, fails, limiters: ['token-bucket'] };
}

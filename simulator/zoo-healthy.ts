import type { SimulatorConfigInput } from './config';
import type { LimiterKind } from './limiter';

/** A gateway that keeps what it promised, however odd it looks. */
export interface HealthyGateway {
  readonly name: string;
  readonly truth: string;
  readonly modelledOn: string;
  readonly limiter: LimiterKind;
  readonly simulated?: Omit<Partial<SimulatorConfigInput>, 'customers'>;
  readonly customer?: Partial<SimulatorConfigInput['customers'][number]>;
  readonly declaredCustomer?: object;
  /** More of the gateway as it was sold. */
  readonly gateway?: object;
}

const regions = ['West', 'East'];
const backends = regions.map((id) => ({ id, region: id, breaker: { failures: 1, interval: 'PT1M' } }));

const kinds: readonly { readonly limiter: LimiterKind; readonly modelledOn: string }[] = [
  { limiter: 'sliding-window', modelledOn: 'llm-token-limit in the classic tiers' },
  {
    limiter: 'token-bucket',
    modelledOn: 'llm-token-limit in the v2 tiers: twice the limit in a first minute is legal',
  },
  { limiter: 'fixed-window', modelledOn: 'limiters of other OpenAI-compatible gateways' },
];

export const healthyGateways: readonly HealthyGateway[] = [
  ...kinds.map(({ limiter, modelledOn }) => ({ name: limiter, limiter, modelledOn, truth: 'the limit is as sold' })),
  ...(['sliding-window', 'token-bucket'] as const).flatMap((limiter): readonly HealthyGateway[] => [
    {
      name: `two-counters-${limiter}`,
      limiter,
      truth: 'two counters each enforce the limit, as declared',
      modelledOn: 'regional gateways, which count each for itself',
      customer: { counters: 2 },
      gateway: { counters: 2 },
    },
    {
      name: `prompts-estimated-${limiter}`,
      limiter,
      truth: 'prompts are estimated before the model is asked',
      modelledOn: 'estimate-prompt-tokens: MicrosoftDocs/azure-docs pull 123618',
      customer: { estimatePromptTokens: true },
    },
    {
      name: `slow-${limiter}`,
      limiter,
      truth: 'answers take a second longer',
      modelledOn: 'long prompts: what is in flight when the limit is reached is let through, by design',
      customer: { faults: [{ name: 'extra-latency', ms: 1000 }] },
    },
  ]),
  {
    name: 'pool-of-weights',
    limiter: 'sliding-window',
    truth: 'two regions share 80 : 20, as declared',
    modelledOn: 'a weighted pool of API Management',
    simulated: { backends, pool: { members: regions.map((backend, at) => ({ backend, weight: at === 0 ? 80 : 20 })) } },
    gateway: { pool: { members: regions.map((id, at) => ({ id, weight: at === 0 ? 80 : 20 })) } },
  },
  {
    name: 'pool-of-tiers',
    limiter: 'sliding-window',
    truth: 'a first choice, and a second that nothing makes necessary',
    modelledOn: 'a pool of priorities of API Management',
    simulated: { backends, pool: { members: regions.map((backend, at) => ({ backend, priority: at + 1 })) } },
    gateway: { pool: { members: regions.map((id, at) => ({ id, priority: at + 1 })) } },
  },
  {
    name: 'shared-model',
    limiter: 'sliding-window',
    truth: 'one customer at its limit leaves the others little of the model behind the gateway',
    modelledOn: 'two throttles in a row: the tighter one answers, and its refusals look otherwise',
    simulated: { backends: [{ id: 'aoai', tokensPerMinute: 10_900, requestsPer10Seconds: null }] },
  },
  {
    name: 'smaller-model',
    limiter: 'token-bucket',
    truth: 'the model behind the gateway has less to give than one customer is sold',
    modelledOn: 'two throttles in a row: the tighter one answers, and its refusals look otherwise',
    simulated: { backends: [{ id: 'aoai', tokensPerMinute: 9000, requestsPer10Seconds: null }] },
  },
];

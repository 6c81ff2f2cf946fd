import { z } from 'zod';
import { brokenAnswerKinds, type CustomerBehaviour } from './behaviour';
import { type CustomerFault, type Fault, type GatewayFault, onCustomer, onGateway } from './fault-row';
import { limiterKinds } from './limiter';
import { meteringFaults } from './metering-faults';

// The one table of planted faults: tests, the exam and the documentation read it.

const share = z.number().min(0).max(1);
const factor = z.number().positive();

export const customerFaults: readonly CustomerFault[] = [
  onCustomer('limit-factor', {
    does: 'enforces the limit times a factor',
    rule: 'token-limit/limit-value',
    parameters: { factor: factor.default(2) },
    truth: (p) => `the limit enforced is ${p.factor} times the one sold`,
    apply: (b, p) => ({ ...b, tokensPerMinute: Math.round(b.tokensPerMinute * p.factor) }),
  }),
  onCustomer('no-limit', {
    does: 'counts tokens and says what remains, but never refuses',
    rule: 'token-limit/limit-enforced',
    parameters: {},
    truth: () => 'no token limit is enforced',
    apply: (b) => ({ ...b, enforcesLimit: false }),
  }),
  onCustomer('limiter-kind', {
    does: 'counts with another kind of limiter',
    rule: 'token-limit/limiter-kind',
    parameters: { kind: z.enum(limiterKinds).default('token-bucket') },
    truth: (p) => `the limiter is a ${p.kind}`,
    apply: (b, p) => ({ ...b, limiter: p.kind }),
  }),
  onCustomer('extra-counters', {
    does: 'enforces the limit on each of several unsynchronised counters',
    rule: 'token-limit/limit-value',
    parameters: { counters: z.number().int().min(2).default(2) },
    truth: (p) => `${p.counters} counters each enforce the limit`,
    apply: (b, p) => ({ ...b, counters: p.counters }),
  }),
  onCustomer('surface-escapes', {
    does: 'neither counts nor refuses requests of one kind: streamed ones, or those of another API',
    rule: 'token-limit/same-counter-streamed',
    parameters: { surface: z.enum(['streamed', 'responses', 'embeddings']).default('streamed') },
    truth: (p) => `the token limit does not see ${p.surface} requests`,
    apply: (b, p) => ({
      ...b,
      limitSees: (asked) =>
        b.limitSees(asked) && (p.surface === 'streamed' ? !asked.streamed : asked.surface !== p.surface),
    }),
  }),
  onCustomer('deployment-escapes', {
    does: 'neither counts nor refuses requests to one deployment',
    rule: 'token-limit/same-counter-deployments',
    parameters: { deployment: z.string().default('gpt-4o-mini') },
    truth: (p) => `the token limit does not see requests to ${p.deployment}`,
    apply: (b, p) => ({ ...b, limitSees: (asked) => b.limitSees(asked) && asked.deployment !== p.deployment }),
  }),
  onCustomer('never-recovers', {
    does: 'goes on refusing after the first refusal, and naming new waits',
    rule: 'token-limit/recovery',
    parameters: {},
    truth: () => 'once refused, the customer is refused for ever',
    apply: (b) => ({ ...b, recovers: false }),
  }),
  onCustomer('retry-after-missing', {
    does: 'sends refusals without the Retry-After header',
    rule: 'token-limit/retry-after-present',
    parameters: {},
    truth: () => 'refusals carry no Retry-After',
    apply: (b) => ({ ...b, stateWait: (honest) => ({ header: null, messageSeconds: honest }) }),
  }),
  onCustomer('retry-after-unreadable', {
    does: 'sends a Retry-After that is neither seconds nor a date',
    rule: 'token-limit/retry-after-present',
    parameters: { text: z.string().default('soon') },
    truth: (p) => `Retry-After says "${p.text}"`,
    apply: (b, p) => ({ ...b, stateWait: (honest) => ({ header: p.text, messageSeconds: honest }) }),
  }),
  onCustomer('retry-after-too-short', {
    does: 'promises a share of the true wait, in header and message',
    rule: 'token-limit/retry-after-honest',
    parameters: { factor: factor.default(0.5) },
    truth: (p) => `Retry-After promises ${p.factor} times the true wait`,
    apply: (b, p) => promising(b, (honest) => Math.max(1, Math.round(honest * p.factor))),
  }),
  onCustomer('retry-after-constant', {
    does: 'promises always the same wait; `message`: "same" or "honest"',
    rule: 'token-limit/retry-after-honest',
    parameters: {
      seconds: z.number().int().positive().default(5),
      message: z.enum(['same', 'honest']).default('same'),
    },
    truth: (p) => `Retry-After always promises ${p.seconds} s`,
    apply: (b, p) => ({
      ...b,
      stateWait: (honest) => ({
        header: String(p.seconds),
        messageSeconds: p.message === 'same' ? p.seconds : honest,
      }),
    }),
  }),
  onCustomer('retry-after-too-long', {
    does: 'promises a longer wait than the true one, in header and message',
    rule: 'token-limit/retry-after-honest',
    parameters: { seconds: z.number().int().positive().default(30) },
    truth: (p) => `Retry-After promises ${p.seconds} s more than the true wait`,
    apply: (b, p) => promising(b, (honest) => honest + p.seconds),
  }),
  onCustomer('retry-after-unlike-message', {
    does: 'promises the true wait in the header and a longer one in the message',
    rule: 'token-limit/retry-after-honest',
    parameters: { seconds: z.number().int().positive().default(10) },
    truth: (p) => `the refusal's message names ${p.seconds} s more than Retry-After`,
    apply: (b, p) => ({
      ...b,
      stateWait: (honest) => ({ header: String(honest), messageSeconds: honest + p.seconds }),
    }),
  }),
  onCustomer('consumed-header-lies', {
    does: 'multiplies the consumed-tokens header',
    rule: 'token-limit/consumed-header',
    parameters: { factor: factor.default(0.5) },
    truth: (p) => `the consumed header says ${p.factor} times the true tokens`,
    apply: (b, p) => ({ ...b, stateConsumed: (tokens) => Math.round(tokens * p.factor) }),
  }),
  onCustomer('remaining-header-lies', {
    does: 'adds a constant to the remaining-tokens header; without one it always says the whole limit',
    rule: 'token-limit/remaining-header',
    parameters: { tokens: z.number().int().optional() },
    truth: (p) =>
      p.tokens === undefined ? 'the remaining header never falls' : `the remaining header is off by ${p.tokens}`,
    apply: (b, p) => ({
      ...b,
      stateRemaining: (tokens) => (p.tokens === undefined ? b.tokensPerMinute : Math.max(0, tokens + p.tokens)),
    }),
  }),
  onCustomer('headers-missing', {
    does: 'leaves out the consumed-tokens and remaining-tokens headers',
    rule: 'limit-status/headers-present',
    parameters: {},
    truth: () => 'no consumed and no remaining header is sent',
    apply: (b) => ({ ...b, stateConsumed: () => null, stateRemaining: () => null }),
  }),
  onCustomer('usage-missing', {
    does: 'leaves usage out of the answers',
    rule: 'usage/usage-reported',
    parameters: {},
    truth: () => 'answers carry no usage',
    apply: (b) => ({ ...b, reportsUsage: false }),
  }),
  onCustomer('quota-factor', {
    does: 'enforces the quota times a factor',
    rule: 'token-quota/quota-enforced',
    parameters: { factor: factor.default(2) },
    truth: (p) => `the quota enforced is ${p.factor} times the one sold`,
    apply: (b, p) => ({ ...b, quota: b.quota && { ...b.quota, tokens: Math.round(b.quota.tokens * p.factor) } }),
  }),
  onCustomer('quota-countdown-lies', {
    does: "adds a constant to the quota refusal's countdown",
    rule: 'token-quota/quota-countdown',
    parameters: { seconds: z.number().int().default(7200) },
    truth: (p) => `the quota's countdown is off by ${p.seconds} s`,
    apply: (b, p) => ({ ...b, stateQuotaWait: (honest) => Math.max(1, honest + p.seconds) }),
  }),
  onCustomer('shared-counter', {
    does: "counts this customer's tokens on another customer's counter",
    rule: 'isolation/isolated',
    parameters: { with: z.string() },
    truth: (p) => `the counter is shared with ${p.with}`,
    apply: (b, p) => ({ ...b, counter: p.with }),
  }),
  onCustomer('key-refused', {
    does: "refuses the customer's own key",
    rule: 'access/key-works',
    parameters: {},
    truth: () => 'the key is refused as invalid',
    apply: (b) => ({ ...b, keyWorks: false }),
  }),
  onCustomer('foreign-traffic', {
    does: 'charges the counter with tokens of somebody else, a little every second, while the limiter admits them',
    rule: null,
    parameters: { tokensPerMinute: z.number().positive() },
    truth: (p) => `somebody else asks for ${p.tokensPerMinute} tokens a minute on the counter`,
    apply: (b, p) => ({ ...b, foreignTokensPerMinute: p.tokensPerMinute }),
  }),
  onCustomer('extra-latency', {
    does: 'answers later',
    rule: null,
    parameters: { ms: z.number().positive().default(3000) },
    truth: (p) => `every answer is ${p.ms} ms late`,
    apply: (b, p) => ({ ...b, extraLatencyMs: p.ms }),
  }),
  onCustomer('connection-resets', {
    does: 'resets the connection instead of answering',
    rule: 'limit-status/reachable',
    parameters: { share: share.default(1) },
    truth: (p) => `${percent(p.share)} of the answers are connection resets`,
    apply: (b, p) => ({ ...b, brokenAnswers: { kind: 'reset', share: p.share } }),
  }),
  onCustomer('garbage-answers', {
    does: 'spoils answers: an HTML page with 200 or 502, or broken JSON',
    rule: null,
    parameters: { kind: z.enum(brokenAnswerKinds).default('html'), share: share.default(0.2) },
    truth: (p) => `${percent(p.share)} of the answers are ${p.kind}`,
    apply: (b, p) => ({ ...b, brokenAnswers: p }),
  }),
  ...meteringFaults,
];

export const gatewayFaults: readonly GatewayFault[] = [
  onGateway('no-key-accepted', {
    does: 'serves requests without a key, as if the first customer had sent them',
    rule: 'access/no-key-refused',
    parameters: {},
    truth: () => 'no key is needed',
    apply: (b) => ({ ...b, checksMissingKey: false }),
  }),
  onGateway('any-key-accepted', {
    does: 'serves requests with any key, as if the first customer had sent them',
    rule: 'access/bad-key-refused',
    parameters: {},
    truth: () => 'any key is accepted',
    apply: (b) => ({ ...b, checksWrongKey: false }),
  }),
  onGateway('backend-header-missing', {
    does: 'strips the header that names the backend',
    rule: 'limit-status/headers-present',
    parameters: {},
    truth: () => 'no header names the backend',
    apply: (b) => ({ ...b, sendsBackendHeader: false }),
  }),
  onGateway('foreign-region', {
    does: 'answers now and then from a region that is no member of the pool',
    rule: 'load-balance/residency',
    parameters: { region: z.string().default('East US'), share: share.default(0.1) },
    truth: (p) => `${percent(p.share)} of the answers come from ${p.region}`,
    apply: (b, p) => ({ ...b, foreignRegion: p }),
  }),
  onGateway('weights-ignored', {
    does: 'gives every member of a priority the same share',
    rule: 'load-balance/spread',
    parameters: {},
    truth: () => 'all weights are 1',
    apply: (b) => ({ ...b, weights: [] }),
  }),
  onGateway('weights-replaced', {
    does: "uses other weights, in the members' order",
    rule: 'load-balance/spread',
    parameters: { weights: z.array(z.number().min(0)).default([60, 40]) },
    truth: (p) => `the weights are ${p.weights.join(' : ')}`,
    apply: (b, p) => ({ ...b, weights: p.weights }),
  }),
  onGateway('sticky', {
    does: 'stays with the member of the last answer, cookies or not, with this chance',
    rule: 'load-balance/spread',
    parameters: { share: share.default(0.95) },
    truth: (p) => `${percent(p.share)} of the requests stay with the last member`,
    apply: (b, p) => ({ ...b, stickiness: p.share }),
  }),
  onGateway('priority-ignored', {
    does: 'spreads over all members, whatever their priority',
    rule: 'load-balance/priority',
    parameters: {},
    truth: () => 'priorities are ignored',
    apply: (b) => ({ ...b, heedsPriority: false }),
  }),
  onGateway('breaker-never-trips', {
    does: 'goes on sending to a failing member',
    rule: 'load-balance/failover',
    parameters: {},
    truth: () => 'no breaker ever trips',
    apply: (b) => ({ ...b, breakersTrip: false }),
  }),
  onGateway('breaker-never-resets', {
    does: 'never uses a member again after its breaker tripped',
    rule: 'load-balance/recovery',
    parameters: {},
    truth: () => 'a tripped breaker never resets',
    apply: (b) => ({ ...b, breakersReset: false }),
  }),
];

export const faults: readonly Fault[] = [...customerFaults, ...gatewayFaults];

function percent(part: number): string {
  return `${Math.round(part * 1000) / 10} %`;
}

function promising(behaviour: CustomerBehaviour, say: (honestSeconds: number) => number): CustomerBehaviour {
  return { ...behaviour, stateWait: (honest) => ({ header: String(say(honest)), messageSeconds: say(honest) }) };
}

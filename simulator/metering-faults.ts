import { z } from 'zod';
import { type CustomerFault, onCustomer } from './fault-row';

/** The part of the table of planted faults that is about what reaches the meter. */
export const meteringFaults: readonly CustomerFault[] = [
  onCustomer('meter-factor', {
    does: 'meters the tokens times a factor',
    rule: 'usage/metered',
    parameters: { factor: z.number().positive().default(0.9) },
    truth: (p) => `the meter shows ${p.factor} times the true tokens`,
    apply: (b, p) => ({ ...b, metering: { ...b.metering, factor: p.factor } }),
  }),
  onCustomer('meter-loses-streams', {
    does: 'does not meter streamed calls',
    rule: 'usage/stream-parity',
    parameters: {},
    truth: () => 'streamed calls are not metered',
    apply: (b) => ({ ...b, metering: { ...b.metering, seesStreams: false } }),
  }),
  onCustomer('meter-loses-prompts', {
    does: 'meters no prompt tokens',
    rule: 'usage/metered',
    parameters: {},
    truth: () => 'prompt tokens are not metered',
    apply: (b) => ({ ...b, metering: { ...b.metering, seesPrompts: false } }),
  }),
  onCustomer('meter-loses-calls', {
    does: 'does not meter every n-th call',
    rule: 'usage/metered',
    parameters: { every: z.number().int().min(1).default(4) },
    truth: (p) => `one call in ${p.every} is not metered`,
    apply: (b, p) => ({ ...b, metering: { ...b.metering, losesEvery: p.every } }),
  }),
  onCustomer('meter-counts-twice', {
    does: 'meters every call twice',
    rule: 'usage/metered',
    parameters: {},
    truth: () => 'every call is metered twice',
    apply: (b) => ({ ...b, metering: { ...b.metering, copies: 2 } }),
  }),
  onCustomer('meter-lacks-dimension', {
    does: 'meters the usage without naming a subscription',
    rule: 'usage/attributed',
    parameters: {},
    truth: () => 'usage is booked on nobody',
    apply: (b) => ({ ...b, metering: { ...b.metering, bookedOn: '' } }),
  }),
  onCustomer('meter-books-on', {
    does: 'books the usage on another subscription',
    rule: 'usage/attributed',
    parameters: { subscriptionId: z.string() },
    truth: (p) => `usage is booked on ${p.subscriptionId}`,
    apply: (b, p) => ({ ...b, metering: { ...b.metering, bookedOn: p.subscriptionId } }),
  }),
];

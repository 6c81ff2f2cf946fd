import { type CustomerBehaviour, type GatewayBehaviour, honestGateway } from './behaviour';
import type { CustomerConfig, SimulatorConfig } from './config';
import { customerFaults, gatewayFaults } from './faults';

/** A fault as configured: its name, the rule that must find it, and what is true because of it. */
export interface KnownFault {
  readonly name: string;
  readonly rule: string | null;
  readonly truth: string;
}

/** Configuration turned into behaviour: the honest one, changed by each fault in turn. */
export function plantCustomerFaults(customer: CustomerConfig): {
  readonly behaviour: CustomerBehaviour;
  readonly known: readonly KnownFault[];
} {
  return plant(honestCustomer(customer), customer.faults, customerFaults);
}

export function plantGatewayFaults(config: SimulatorConfig): {
  readonly behaviour: GatewayBehaviour;
  readonly known: readonly KnownFault[];
} {
  return plant(honestGateway, config.faults, gatewayFaults);
}

function honestCustomer(customer: CustomerConfig): CustomerBehaviour {
  const { estimatePromptTokens } = customer;
  return {
    limiter: customer.limiter,
    tokensPerMinute: customer.tokensPerMinute,
    enforcesLimit: true,
    limitSees: () => true,
    counters: customer.counters,
    counter: customer.counter ?? customer.id,
    estimates: estimatePromptTokens === 'reserve' ? 'reserved' : estimatePromptTokens ? 'checked' : 'no',
    quota: customer.quota ?? null,
    keyWorks: true,
    stateWait: (honestSeconds) => ({ header: String(honestSeconds), messageSeconds: honestSeconds }),
    stateQuotaWait: (honestSeconds) => honestSeconds,
    stateConsumed: (tokens) => tokens,
    stateRemaining: (tokens) => tokens,
    reportsUsage: true,
    recovers: true,
    foreignTokensPerMinute: 0,
    extraLatencyMs: 0,
    brokenAnswers: null,
    metering: {
      bookedOn: customer.subscriptionId ?? customer.id,
      factor: 1,
      seesStreams: true,
      seesPrompts: true,
      losesEvery: null,
      copies: 1,
    },
  };
}

interface Row<Behaviour> {
  readonly name: string;
  readonly rule: string | null;
  plant(parameters: unknown): { readonly truth: string; readonly apply: (behaviour: Behaviour) => Behaviour };
}

function plant<Behaviour>(
  honest: Behaviour,
  chosen: readonly { readonly name: string }[],
  rows: readonly Row<Behaviour>[],
): { readonly behaviour: Behaviour; readonly known: readonly KnownFault[] } {
  let behaviour = honest;
  const known: KnownFault[] = [];
  for (const { name, ...parameters } of chosen) {
    const row = rows.find((one) => one.name === name);
    if (!row) throw new Error(`There is no fault "${name}".`);
    const planted = row.plant(parameters);
    behaviour = planted.apply(behaviour);
    known.push({ name, rule: row.rule, truth: planted.truth });
  }
  return { behaviour, known };
}

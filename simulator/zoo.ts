import { parseSimulatorConfig, type SimulatorConfig, type SimulatorConfigInput } from './config';
import { customerFaults, faults, gatewayFaults } from './faults';
import { plantedOnCustomers } from './faulty-customers';
import { plantedOnGateways } from './faulty-gateways';
import type { LimiterKind } from './limiter';
import { healthyGateways } from './zoo-healthy';
import { incidents } from './zoo-incidents';

/** One gateway of the zoo: what it is, and what an auditor must find of it. Its one customer is `contoso`. */
export interface ZooEntry {
  /** As it stands in its path. */
  readonly name: string;
  readonly truth: string;
  /** Rules as `check/rule`, in alphabetical order; empty: nobody may be blamed, whichever check is run. */
  readonly mustFail: readonly string[];
  /** What was seen in the field, and where. */
  readonly modelledOn: string;
  readonly tokensPerMinute: number;
  readonly limiter: LimiterKind;
  /** What the gateway is like, and its customer. */
  readonly simulated: Omit<Partial<SimulatorConfigInput>, 'customers'>;
  readonly simulatedCustomer: Partial<SimulatorConfigInput['customers'][number]>;
  /** More of what was sold, in the words of an auditor's configuration. */
  readonly declaredCustomer: object;
  readonly declaredGateway: object;
  readonly isMetered: boolean;
}

export const zooCustomerId = 'contoso';
const tokensPerMinute = 10_000;
/** No jitter: who answers first must not depend on how busy a machine is. */
const latency = { jitterMs: 0 };

/** Every kind of limiter, healthy, and every row of the table of faults. */
export function zooEntries(): readonly ZooEntry[] {
  return [...healthyEntries(), ...customerEntries(), ...gatewayEntries()];
}

/** An entry as the simulator's configuration; the customer's key is `key-of-contoso`. */
export function zooConfigOf(entry: ZooEntry): SimulatorConfig {
  const { tokensPerMinute, limiter } = entry;
  const customer = { id: zooCustomerId, key: `key-of-${zooCustomerId}`, tokensPerMinute, limiter };
  return parseSimulatorConfig({ ...entry.simulated, customers: [{ ...customer, ...entry.simulatedCustomer }] });
}

function healthyEntries(): readonly ZooEntry[] {
  return healthyGateways.map(({ name, truth, limiter, simulated, customer, gateway, ...more }) => ({
    name: `healthy-${name}`,
    truth,
    mustFail: [],
    modelledOn: more.modelledOn,
    tokensPerMinute,
    limiter,
    simulated: { latency, ...simulated },
    simulatedCustomer: customer ?? {},
    declaredCustomer: more.declaredCustomer ?? {},
    declaredGateway: gateway ?? {},
    isMetered: more.isMetered ?? false,
  }));
}

function customerEntries(): readonly ZooEntry[] {
  return plantedOnCustomers.flatMap(({ fault, fails, variant, simulated, customer, gateway, isMetered, limiters }) =>
    (limiters ?? (['sliding-window', 'token-bucket'] as const)).map((limiter) => ({
      name: [slugOf(fault), ...(variant ? [variant] : []), limiter].join('-'),
      truth: truthOf(fault),
      mustFail: fails,
      modelledOn: incidents[fault.name] ?? '',
      tokensPerMinute,
      limiter,
      simulated: { latency },
      simulatedCustomer: { ...simulated, faults: [fault] },
      declaredCustomer: customer ?? {},
      declaredGateway: gateway ?? {},
      isMetered: isMetered ?? false,
    })),
  );
}

function gatewayEntries(): readonly ZooEntry[] {
  return plantedOnGateways.map(({ fault, fails, simulated, customer, gateway }) => ({
    name: slugOf(fault),
    truth: truthOf(fault),
    mustFail: fails,
    modelledOn: incidents[fault.name] ?? '',
    tokensPerMinute,
    limiter: 'sliding-window',
    simulated: { ...simulated, latency, faults: [fault] },
    simulatedCustomer: {},
    declaredCustomer: customer ?? {},
    declaredGateway: gateway ?? {},
    isMetered: false,
  }));
}

function truthOf({ name, ...parameters }: { readonly name: string }): string {
  const row = [...customerFaults, ...gatewayFaults].find((fault) => fault.name === name);
  if (row === undefined)
    throw new Error(`There is no fault ${name}; known: ${faults.map((one) => one.name).join(', ')}`);
  return row.plant(parameters).truth;
}

function slugOf({ name, ...parameters }: { readonly name: string }): string {
  const values = Object.values(parameters).map((value) => String(value).replaceAll(/[^A-Za-z0-9.]+/g, '-'));
  return [name, ...values].join('-');
}

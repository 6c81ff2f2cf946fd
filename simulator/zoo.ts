import { parseSimulatorConfig, type SimulatorConfig, type SimulatorConfigInput } from './config';
import { customerFaults, faults, gatewayFaults } from './faults';
import { plantedBesideNeighbour, plantedOnCustomers } from './faulty-customers';
import { plantedOnGateways } from './faulty-gateways';
import type { LimiterKind } from './limiter';
import { healthyGateways } from './zoo-healthy';
import { incidents } from './zoo-incidents';

/** One gateway of the zoo: what it is, and what an auditor must find of its customer `contoso`. */
export interface ZooEntry {
  /** As it stands in its path. */
  readonly name: string;
  readonly truth: string;
  /** Rules as `check/rule`, in alphabetical order; no other may fail, whichever check is run. */
  readonly mustFail: readonly string[];
  /** What the fault breaks as well, where it depends on chance whether that shows: these may fail, or be undecided. */
  readonly mayFail: readonly string[];
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
}

export const zooCustomerId = 'contoso';
/** A customer beside it that nothing is wrong with. */
export const zooNeighbourId = 'fabrikam';
const tokensPerMinute = 10_000;
/** No jitter: who answers first must not depend on how busy a machine is. */
const latency = { jitterMs: 0 };

/** Every kind of limiter, healthy, and every row of the table of faults. */
export function zooEntries(): readonly ZooEntry[] {
  return [...healthyEntries(), ...customerEntries(), ...gatewayEntries()];
}

/** An entry as the simulator's configuration; the customer's key is `key-of-contoso`. */
export function zooConfigOf(entry: ZooEntry): SimulatorConfig {
  const { tokensPerMinute, limiter, simulated, simulatedCustomer } = entry;
  const honest = (id: string) => ({ id, key: `key-of-${id}`, tokensPerMinute, limiter });
  const customers = [{ ...honest(zooCustomerId), ...simulatedCustomer }, honest(zooNeighbourId)];
  return parseSimulatorConfig({ ...simulated, customers });
}

function healthyEntries(): readonly ZooEntry[] {
  return healthyGateways.map(({ name, truth, limiter, simulated, customer, gateway, ...more }) => ({
    name: `healthy-${name}`,
    truth,
    mustFail: [],
    mayFail: [],
    modelledOn: more.modelledOn,
    tokensPerMinute,
    limiter,
    simulated: { latency, ...simulated },
    simulatedCustomer: customer ?? {},
    declaredCustomer: more.declaredCustomer ?? {},
    declaredGateway: gateway ?? {},
  }));
}

function customerEntries(): readonly ZooEntry[] {
  const planted = [...plantedOnCustomers, ...plantedBesideNeighbour];
  return planted.flatMap(({ fault, fails, mayFail, variant, simulated, customer, gateway, limiters }) =>
    (limiters ?? (['sliding-window', 'token-bucket'] as const)).map((limiter) => ({
      name: [slugOf(fault), ...(variant ? [variant] : []), limiter].join('-'),
      truth: truthOf(fault),
      mustFail: fails,
      mayFail: mayFail ?? [],
      modelledOn: incidents[fault.name] ?? '',
      tokensPerMinute,
      limiter,
      simulated: { latency },
      simulatedCustomer: { ...simulated, faults: [fault] },
      declaredCustomer: customer ?? {},
      declaredGateway: gateway ?? {},
    })),
  );
}

function gatewayEntries(): readonly ZooEntry[] {
  return plantedOnGateways.map(({ fault, fails, simulated, customer, gateway }) => ({
    name: slugOf(fault),
    truth: truthOf(fault),
    mustFail: fails,
    mayFail: [],
    modelledOn: incidents[fault.name] ?? '',
    tokensPerMinute,
    limiter: 'sliding-window',
    simulated: { ...simulated, latency, faults: [fault] },
    simulatedCustomer: {},
    declaredCustomer: customer ?? {},
    declaredGateway: gateway ?? {},
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

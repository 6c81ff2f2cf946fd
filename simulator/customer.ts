import type { CustomerBehaviour } from './behaviour';
import type { CustomerConfig, SimulatorConfig } from './config';
import { type Counter, createCounter } from './counter';
import { type KnownFault, plantCustomerFaults } from './planted';

/** A customer in a running gateway. `requests`, `answers` and `wasRefused` change while it runs. */
export interface Customer {
  readonly config: CustomerConfig;
  readonly behaviour: CustomerBehaviour;
  readonly known: readonly KnownFault[];
  readonly counter: Counter;
  requests: number;
  answers: number;
  wasRefused: boolean;
}

/** Customers with the same counter share it, with the limits of the first of them. */
export function createCustomers(config: SimulatorConfig): readonly Customer[] {
  const planted = config.customers.map((customer) => ({ customer, ...plantCustomerFaults(customer) }));
  const counters = new Map<string, Counter>();
  for (const { behaviour } of planted) {
    const owner = planted.find((one) => one.customer.id === behaviour.counter);
    if (!counters.has(behaviour.counter)) {
      counters.set(behaviour.counter, createCounter(owner?.behaviour ?? behaviour));
    }
  }
  return planted.map(({ customer, behaviour, known }) => {
    const counter = counters.get(behaviour.counter);
    if (!counter) throw new Error(`Customer ${customer.id} has no counter.`);
    return { config: customer, behaviour, known, counter, requests: 0, answers: 0, wasRefused: false };
  });
}

/** Whose key it is; null where it is nobody's. */
export function findByKey(customers: readonly Customer[], key: string): Customer | null {
  return customers.find((one) => one.behaviour.keyWorks && one.config.key === key) ?? null;
}

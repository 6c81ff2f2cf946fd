import { AuditorError } from '../auditor-error';
import type { Config, ConfiguredCustomer } from '../config';

/** The customer as configured. Throws `not-found`. */
export function customerOf(config: Config, customerId: string): ConfiguredCustomer {
  const customer = config.customers.find(({ id }) => id === customerId);
  if (customer === undefined) throw unknownCustomer(customerId);
  return customer;
}

export function unknownCustomer(customerId: string): AuditorError {
  return new AuditorError('not-found', `There is no customer ${customerId}.`);
}

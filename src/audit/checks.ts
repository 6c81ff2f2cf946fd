import type { Check } from './check';
import { access } from './checks/access';
import { clientExperience } from './checks/client-experience';
import { configDrift } from './checks/config-drift';
import { isolation } from './checks/isolation';
import { limitStatus } from './checks/limit-status';
import { loadBalance } from './checks/load-balance';
import { tokenLimit } from './checks/token-limit';
import { tokenQuota } from './checks/token-quota';
import { usage } from './checks/usage';
import { type CheckName, checkNames, type Declaration } from './declaration';

/** Every kind of audit there is: one line a check. */
export const checks: CheckMap = {
  'limit-status': limitStatus,
  access,
  usage,
  'load-balance': loadBalance,
  'config-drift': configDrift,
  'token-limit': tokenLimit,
  isolation,
  'client-experience': clientExperience,
  'token-quota': tokenQuota,
};

export type CheckMap = Readonly<Partial<Record<CheckName, Check>>>;

/** Checks in the order in which one customer's audits run: what uses up the limit comes last. */
export function inRunningOrder<Item extends { readonly check: CheckName }>(
  items: readonly Item[],
  known: CheckMap,
): readonly Item[] {
  const rank = ({ check }: Item) => (known[check]?.saturates ? checkNames.length : 0) + checkNames.indexOf(check);
  return items.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * What an audit must have to itself: the counters of all whose keys it uses, and, where it uses up a limit, its
 * gateway; one that sends nothing has only itself to keep away. In one order for everybody, so that two audits never
 * wait for each other.
 */
export function keysOf(
  check: Check,
  { customer, gateway, neighbours = [] }: Pick<Declaration, 'customer' | 'gateway' | 'neighbours'>,
): string[] {
  if (check.sendsNothing) return [`${check.name} ${customer.id}`];
  const counters = [customer, ...neighbours].map(({ counter }) => `counter ${counter}`);
  return [...new Set([...counters, ...(check.saturates ? [`gateway ${gateway.id}`] : [])])].toSorted();
}

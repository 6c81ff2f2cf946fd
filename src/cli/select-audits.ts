import type { WantedAudit } from '../app/assemble';
import { type CheckName, checkNames } from '../audit/declaration';
import { AuditorError } from '../auditor-error';
import type { Config, ConfiguredCustomer } from '../config';

export interface Selection {
  /** Empty: every customer. */
  readonly customers: readonly string[];
  /** Empty: each customer's own checks. A check that is named is run for every customer selected. */
  readonly checks: readonly CheckName[];
}

export interface SelectedAudits {
  readonly wanted: readonly WantedAudit[];
  /** What was left out, and why; sentences. */
  readonly leftOut: readonly string[];
}

/**
 * The audits that a selection means, quick ones first, so that what saturates a limit comes last. Throws `bad-usage`
 * for customers that are not configured and where nothing is left to be run.
 */
export function selectAudits(
  config: Config,
  selection: Selection,
  availableChecks: readonly CheckName[],
): SelectedAudits {
  const customers = selectCustomers(config, selection.customers);
  const candidates = checkNames.flatMap((check) =>
    customers
      .filter((customer) => (selection.checks.length > 0 ? selection.checks : customer.checks).includes(check))
      .map((customer) => ({ customer, check, obstacle: obstacleTo(check, customer, config, availableChecks) })),
  );
  const wanted = candidates
    .filter(({ obstacle }) => obstacle === null)
    .map(({ customer, check }) => ({ customerId: customer.id, check }));
  const leftOut = candidates.flatMap(({ customer, check, obstacle }) =>
    obstacle === null ? [] : [`${check} is left out for ${customer.id}: ${obstacle}`],
  );
  if (wanted.length > 0) return { wanted, leftOut };
  throw new AuditorError('bad-usage', 'No audit is left to be run.', { problems: leftOut });
}

function selectCustomers(config: Config, ids: readonly string[]): readonly ConfiguredCustomer[] {
  if (ids.length === 0) return config.customers;
  const unknown = ids.filter((id) => !config.customers.some((customer) => customer.id === id));
  if (unknown.length > 0) {
    throw new AuditorError(
      'bad-usage',
      `The configuration has no customer ${unknown.join(', ')}; it has ${firstOf(config.customers.map(({ id }) => id))}.`,
    );
  }
  return config.customers.filter(({ id }) => ids.includes(id));
}

function obstacleTo(
  check: CheckName,
  customer: ConfiguredCustomer,
  config: Config,
  availableChecks: readonly CheckName[],
): string | null {
  if (!availableChecks.includes(check)) return 'this check is not yet in use';
  const gateway = config.gateways.find(({ id }) => id === customer.gateway);
  switch (check) {
    case 'load-balance':
      return gateway?.pool ? null : 'its gateway declares no pool';
    case 'usage':
      return gateway?.meter.kind === 'none' ? 'its gateway declares no meter' : null;
    case 'config-drift':
      return gateway?.apim ? null : 'its gateway declares no apim';
    case 'isolation':
      return customer.checkSettings.isolation.with.length > 0 ? null : 'checkSettings.isolation.with names nobody';
    case 'token-quota':
      return customer.tokenQuota ? null : 'it declares no tokenQuota';
    case 'limit-status':
    case 'access':
    case 'token-limit':
    case 'client-experience':
      return null;
    default:
      return check satisfies never;
  }
}

function firstOf(ids: readonly string[]): string {
  return ids.length > 10 ? `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more` : ids.join(', ');
}

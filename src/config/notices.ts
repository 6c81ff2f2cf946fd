import { apimResourceIn } from '../apim/apim-resource-id';
import { dayCostsOf, neededTokensPerDay } from '../audit/audit-cost';
import { type CheckName, checkNames } from '../audit/declaration';
import type { Config } from '../config';

/** What is right, but better known: features that are not yet in use, budgets that are short, values without effect. */
export function noticesOf(config: Config, availableChecks: readonly CheckName[]): readonly string[] {
  return [...unbuiltChecks(config, availableChecks), ...doubtfulGateways(config), ...shortBudgets(config)];
}

function unbuiltChecks(config: Config, availableChecks: readonly CheckName[]): readonly string[] {
  return checkNames.flatMap((check) => {
    if (availableChecks.includes(check)) return [];
    const customers = config.customers.filter((customer) => customer.checks.includes(check)).map(({ id }) => id);
    return customers.length > 0 ? [`the check ${check} is not yet in use (${listed(customers)})`] : [];
  });
}

function doubtfulGateways(config: Config): readonly string[] {
  return config.gateways.flatMap((gateway, index) => {
    const notices: string[] = [];
    if (gateway.api === 'v1' && gateway.apiVersion !== undefined) {
      notices.push(`gateways[${index}].apiVersion: has no effect with "api": "v1"`);
    }
    if (gateway.api === 'deployments' && gateway.endpoint.endsWith('/openai')) {
      notices.push(`gateways[${index}].endpoint: probes go to …/openai/openai/deployments/…; is that meant?`);
    }
    if (gateway.apim && apimResourceIn(gateway.apim.resourceId) === null) {
      notices.push(
        `gateways[${index}].apim.resourceId: is no API Management service's resource id, so that nothing can be read there`,
      );
    }
    const isRead = config.customers.some(
      ({ gateway: of, checks }) => of === gateway.id && checks.includes('config-drift'),
    );
    if (gateway.apim && !isRead) {
      notices.push(
        `gateways[${index}].apim: is read by the check config-drift, which no customer of ${gateway.id} names`,
      );
    }
    if (config.prices && !(gateway.deployment in config.prices.models)) {
      notices.push(`prices.models: no price for ${gateway.deployment}, the deployment of ${gateway.id}`);
    }
    return notices;
  });
}

function shortBudgets(config: Config): readonly string[] {
  const gateways = new Map(config.gateways.map((gateway) => [gateway.id, gateway]));
  const notices: string[] = [];
  let neededTokens = 0;
  config.customers.forEach((customer, index) => {
    const gateway = gateways.get(customer.gateway);
    const needed = gateway ? neededTokensPerDay(dayCostsOf({ customer, gateway }, customer.checkSettings)) : 0;
    neededTokens += Math.min(needed, customer.maxTokensPerDay);
    if (needed > customer.maxTokensPerDay) notices.push(shortBudget(`customers[${index}].`, customer, needed));
  });
  if (config.maxTokensPerDay !== undefined && neededTokens > config.maxTokensPerDay) {
    notices.push(shortBudget('', { maxTokensPerDay: config.maxTokensPerDay }, neededTokens));
  }
  return notices;
}

function shortBudget(at: string, { maxTokensPerDay }: { maxTokensPerDay: number }, needed: number): string {
  return `${at}maxTokensPerDay: ${maxTokensPerDay} may not do for its checks, which can need ${needed} a day; what goes beyond is left out`;
}

function listed(ids: readonly string[]): string {
  return ids.length > 4 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
}

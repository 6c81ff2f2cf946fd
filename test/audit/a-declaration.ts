import type { CustomerDeclaration, Declaration, GatewayDeclaration } from '../../src/audit/declaration';
import { checkNames } from '../../src/audit/declaration';

/** A declaration with nothing special about it, but for what a test names. */
export function aDeclaration(
  customer: Partial<CustomerDeclaration> = {},
  gateway: Partial<GatewayDeclaration> = {},
): Declaration {
  return {
    customer: aCustomer(customer),
    gateway: aGateway(gateway),
    settings: {
      tolerancePercent: 10,
      maxTokensFactor: 2,
      burstProbes: 4,
      exhaustQuota: false,
      tolerancePoints: 10,
      errorRate: 0.001,
      maxProbes: 1000,
      provokeFailover: false,
      calls: 15,
      streamedShare: 0.3,
      with: [],
    },
  };
}

export function aGateway(gateway: Partial<GatewayDeclaration> = {}): GatewayDeclaration {
  return {
    id: 'main',
    endpoint: 'https://gateway.example',
    deployment: 'gpt-4o',
    api: 'deployments',
    apiVersion: '2024-10-21',
    surfaces: ['chat'],
    surfaceDeployments: {},
    auth: { keyHeader: 'api-key' },
    headers: {
      consumedTokens: 'consumed-tokens',
      remainingTokens: 'remaining-tokens',
      remainingQuotaTokens: null,
      retryAfter: 'retry-after',
      backend: 'x-ms-region',
    },
    limiter: 'unknown',
    counters: 1,
    completionTokensParameter: 'auto',
    maxPromptTokens: 32000,
    extraBody: {},
    meter: { kind: 'none' },
    ...gateway,
  };
}

export function aCustomer(customer: Partial<CustomerDeclaration> = {}): CustomerDeclaration {
  const id = customer.id ?? 'contoso';
  return {
    id,
    gateway: 'main',
    key: { setting: 'CONTOSO_KEY' },
    tokensPerMinute: 1000,
    subscriptionId: id,
    counter: id,
    dedicated: false,
    checks: ['limit-status', 'access'],
    alsoDeployments: [],
    schedule: Object.fromEntries(checkNames.map((name) => [name, '0 0 3 * * *'])) as CustomerDeclaration['schedule'],
    maxTokensPerDay: 20_000,
    quietHours: [],
    ...customer,
  };
}

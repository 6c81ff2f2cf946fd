import type { CustomerDeclaration, GatewayDeclaration } from '../../../src/audit/declaration';
import { type ArmResources, resourceId } from './arm-server';

/** What a policy may hold, around it what every policy has. */
export function aPolicy(
  parts: { readonly inbound?: string; readonly backend?: string; readonly outbound?: string } = {},
): string {
  const { inbound = '<base />', backend = '<base />', outbound = '<base />' } = parts;
  return `<policies><inbound>${inbound}</inbound><backend>${backend}</backend><outbound>${outbound}</outbound><on-error><base /></on-error></policies>`;
}

export const aRetry = `<retry condition="@(context.Response.StatusCode == 429 || context.Response.StatusCode >= 500 && true)" count="1" interval="0"><set-backend-service backend-id="openai-pool" /><forward-request buffer-request-body="true" /></retry>`;

export function aTokenLimit(tokensPerMinute: number | string, more = ''): string {
  return `<llm-token-limit counter-key="@(context.Subscription.Id)" tokens-per-minute="${tokensPerMinute}" estimate-prompt-tokens="false" remaining-tokens-header-name="remaining-tokens" tokens-consumed-header-name="consumed-tokens" ${more}/>`;
}

export const aMetric =
  '<llm-emit-token-metric namespace="openai"><dimension name="Subscription ID" /><dimension name="API ID" /></llm-emit-token-metric>';

export function aBreaker(parts: object = {}): object {
  const failureCondition = { count: 1, interval: 'PT1M', statusCodeRanges: [{ min: 429, max: 429 }] };
  return { rules: [{ name: 'r', tripDuration: 'PT30S', acceptRetryAfter: true, failureCondition, ...parts }] };
}

/** A service whose product `gold` limits tokens as `aHealthyCustomer` and `aHealthyGateway` declare it. */
export const healthyApim: ArmResources = {
  '': {
    location: 'Sweden Central',
    sku: { name: 'StandardV2', capacity: 1 },
    properties: { gatewayUrl: 'https://contoso.azure-api.net', publisherEmail: 'a@b.c', publisherName: 'c' },
  },
  '/policies/policy': aPolicy({ inbound: '', backend: '<forward-request />' }),
  '/apis/aoai': { path: 'aoai/openai', subscriptionRequired: true },
  '/apis/aoai/operations/models': { method: 'GET', urlTemplate: '/models' },
  '/apis/aoai/operations/images': { method: 'POST', urlTemplate: '/deployments/{id}/images/generations' },
  '/apis/aoai/operations/chat': { method: 'POST', urlTemplate: '/deployments/{id}/chat/completions' },
  '/apis/aoai/policies/policy': aPolicy({
    inbound: `<base /><include-fragment fragment-id="metrics" /><set-variable name="who" value="@(context.Request.Headers.GetValueOrDefault("x-who", "nobody ("))" /><set-header name="api-key" exists-action="override"><value>0123456789abcdef0123456789abcdef</value></set-header><set-backend-service backend-id="openai-pool" />`,
    backend: aRetry,
  }),
  '/apis/aoai/products/gold': { displayName: 'Gold' },
  '/apis/aoai/diagnostics/applicationinsights': { loggerId: `${resourceId}/loggers/appinsights`, metrics: true },
  '/products/gold/policies/policy': aPolicy({ inbound: `<base />${aTokenLimit('{{gold-tpm}}')}` }),
  '/policyFragments/metrics': `<fragment>${aMetric}</fragment>`,
  '/namedValues/5f1': { displayName: 'gold-tpm', value: '1000', secret: false },
  '/namedValues/5f2': { displayName: 'other', value: '1', secret: false },
  '/namedValues/5f3': { displayName: 'openai-key', secret: true },
  '/backends/openai-pool': {
    type: 'Pool',
    pool: {
      services: [
        { id: `${resourceId}/backends/sweden`, priority: 1, weight: 3 },
        { id: '/backends/france', priority: 1, weight: 1 },
        { id: '/backends/paygo', priority: 2, weight: 1 },
      ],
    },
  },
  '/backends/sweden': { url: 'https://sweden.openai.azure.com/openai', protocol: 'http', circuitBreaker: aBreaker() },
  '/backends/france': { url: 'https://france.openai.azure.com/openai', protocol: 'http', circuitBreaker: aBreaker() },
  '/backends/paygo': { url: 'https://paygo.openai.azure.com/openai', protocol: 'http', circuitBreaker: aBreaker() },
  '/backends/unrelated': { url: 'https://elsewhere.example', protocol: 'http' },
  '/subscriptions/contoso': { displayName: 'Contoso', scope: `${resourceId}/products/gold`, state: 'active' },
  '/subscriptions/northwind': { displayName: 'Northwind', scope: `${resourceId}/apis`, state: 'active' },
};

/** What was declared to us of it. */
export const healthyGateway: Partial<GatewayDeclaration> = {
  endpoint: 'https://contoso.azure-api.net/aoai',
  limiter: 'token-bucket',
  apim: { resourceId, api: 'aoai', product: 'gold' },
  pool: {
    members: [
      { id: 'Sweden Central', answersAs: 'Sweden Central', priority: 1, weight: 75 },
      { id: 'France Central', answersAs: 'France Central', priority: 1, weight: 25 },
      { id: 'Norway East', answersAs: 'Norway East', priority: 2, weight: 1 },
    ],
    failures: 1,
    interval: 'PT60S',
    tripDuration: 'PT30S',
    acceptRetryAfter: true,
    instances: 1,
    retries: 1,
    exclusive: false,
  },
};

export const healthyCustomer: Partial<CustomerDeclaration> = {
  id: 'contoso',
  tokensPerMinute: 1000,
  checks: ['config-drift'],
};

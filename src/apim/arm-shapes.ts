import { z } from 'zod';
import type {
  ApimBackend,
  ApimDiagnostic,
  ApimOperation,
  ApimService,
  ApimSubscription,
  KeyScope,
} from './apim-configuration';

/*
 * Resources as Azure Resource Manager shows them, their `properties` laid beside name and id as its client library
 * does; only what is read here. Whatever else is there, or is added one day, does not matter.
 */
const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const number = z.number().nullish().catch(null);

const serviceShape = z.object({
  sku: z.object({ name: text }).nullish(),
  gatewayUrl: text,
  location: text,
  disableGateway: flag,
  additionalLocations: z.array(z.object({ location: text, disableGateway: flag })).nullish(),
});

export function toService(resource: unknown): ApimService {
  const { sku, gatewayUrl, location, disableGateway, additionalLocations } = serviceShape.parse(resource);
  const all = [{ location, disableGateway }, ...(additionalLocations ?? [])];
  const regions = all.flatMap((one) => (one.location && one.disableGateway !== true ? [one.location] : []));
  return { sku: sku?.name ?? null, gatewayUrl: gatewayUrl?.replace(/\/+$/, '') ?? null, regions };
}

const apiShape = z.object({
  path: text,
  subscriptionRequired: flag,
  subscriptionKeyParameterNames: z.object({ header: text }).nullish(),
});

export function toApi(resource: unknown): {
  readonly path: string;
  readonly subscriptionRequired: boolean;
  readonly keyHeader: string | null;
} {
  const { path, subscriptionRequired, subscriptionKeyParameterNames } = apiShape.parse(resource);
  const keyHeader = subscriptionKeyParameterNames?.header ?? null;
  return { path: path ?? '', subscriptionRequired: subscriptionRequired ?? true, keyHeader };
}

const operationShape = z.object({ name: z.string(), method: text, urlTemplate: text });

export function toOperation(resource: unknown): ApimOperation {
  const { name, method, urlTemplate } = operationShape.parse(resource);
  return { id: name, method: method ?? '', urlTemplate: urlTemplate ?? '' };
}

const breakerShape = z.object({
  tripDuration: text,
  acceptRetryAfter: flag,
  failureCondition: z.object({ count: number, percentage: number, interval: text }).nullish(),
});
const backendShape = z.object({
  name: z.string(),
  url: text,
  circuitBreaker: z.object({ rules: z.array(breakerShape).nullish() }).nullish(),
  pool: z
    .object({ services: z.array(z.object({ id: z.string(), priority: number, weight: number })).nullish() })
    .nullish(),
});

/** A service accepts one breaker rule a backend; members are named by their resource ids or by `/backends/name`. */
export function toBackend(resource: unknown): ApimBackend {
  const { name, url, circuitBreaker, pool } = backendShape.parse(resource);
  const rule = circuitBreaker?.rules?.[0];
  return {
    name,
    url: url ?? null,
    members:
      pool?.services?.map(({ id, priority, weight }) => ({
        backend: lastOf(id),
        priority: priority ?? null,
        weight: weight ?? null,
      })) ?? null,
    breaker: rule
      ? {
          failures: rule.failureCondition?.count ?? null,
          percentage: rule.failureCondition?.percentage ?? null,
          interval: rule.failureCondition?.interval ?? null,
          tripDuration: rule.tripDuration ?? null,
          acceptRetryAfter: rule.acceptRetryAfter ?? false,
        }
      : null,
  };
}

const subscriptionShape = z.object({ name: z.string(), displayName: text, scope: text, state: text });

export function toSubscription(resource: unknown): ApimSubscription {
  const { name, displayName, scope, state } = subscriptionShape.parse(resource);
  return { id: name, name: displayName ?? null, scope: toKeyScope(scope ?? ''), state: state ?? 'unknown' };
}

/** `/products/{id}`, `/apis/{id}`, `/apis`, or the service itself (the built-in all-access key), behind its resource id. */
function toKeyScope(scope: string): KeyScope {
  const path = scope.replace(/^.*\/service\/[^/]+/i, '').replace(/\/+$/, '');
  const [, kind = '', id] = /^\/?(products|apis)(?:\/([^/]+))?$/i.exec(path) ?? [];
  if (/^products$/i.test(kind) && id !== undefined) return { kind: 'product', id };
  if (/^apis$/i.test(kind)) return id === undefined ? { kind: 'all-apis' } : { kind: 'api', id: withoutRevision(id) };
  return path === '' ? { kind: 'all-apis' } : { kind: 'other', text: scope };
}

const namedValueShape = z.object({ displayName: text, name: text, secret: flag, value: text });

export function toNamedValue(resource: unknown): { readonly name: string; readonly value: string | null } {
  const { displayName, name, secret, value } = namedValueShape.parse(resource);
  return { name: displayName ?? name ?? '', value: secret === true ? null : (value ?? null) };
}

const diagnosticShape = z.object({
  name: z.string(),
  metrics: flag,
  largeLanguageModel: z.object({ logs: text }).nullish().catch(null),
});

/** Null for a destination that holds no usage. */
export function toDiagnostic(resource: unknown, of: ApimDiagnostic['of']): ApimDiagnostic | null {
  const { name, metrics, largeLanguageModel } = diagnosticShape.parse(resource);
  const to = name.toLowerCase();
  if (to !== 'applicationinsights' && to !== 'azuremonitor') return null;
  return { of, to, metrics: metrics ?? false, modelLogs: /^enabled$/i.test(largeLanguageModel?.logs ?? '') };
}

/** An API's id without its revision. */
export function withoutRevision(id: string): string {
  return id.replace(/;rev=\d+$/i, '');
}

function lastOf(id: string): string {
  return id.replace(/\/+$/, '').split('/').at(-1) ?? id;
}

import type { TokenCredential } from '@azure/identity';
import type { PolicyPlace } from '../apim/apim-configuration';
import type { ApimSource, Resource } from '../apim/apim-source';
import { parseApimResourceId } from './apim-resource-id';
import { explainArmTrouble, isNotFound } from './arm-trouble';

export interface ArmOptions {
  readonly resourceId: string;
  /** Default: the identity that the app runs as. */
  readonly credential?: TokenCredential;
  /** Another cloud's Azure Resource Manager; default: that of Azure's public cloud. */
  readonly endpoint?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Over the client's own. */
  readonly client?: {
    readonly retryOptions?: {
      readonly maxRetries: number;
      readonly retryDelayInMs: number;
      readonly maxRetryDelayInMs: number;
    };
    readonly tlsOptions?: { readonly ca: string };
  };
}

const publicArm = 'https://management.azure.com';
const timeoutMs = 30_000;

/** The client's own version drops breakers' and pools' newer fields and all of `largeLanguageModel`; this one shows them. */
const rawVersion = '2025-09-01-preview';
const clientVersion = '2024-05-01';

/** Pages of a list that is read raw; a service has at most some thousand backends. */
const mostPages = 100;

/** Throttled questions (429) are asked again by the client, as the answer's Retry-After says. */
const defaultRetries = { maxRetries: 3, retryDelayInMs: 1000, maxRetryDelayInMs: 30_000 };

/**
 * An API Management service, read through Azure Resource Manager with a reader's rights: keys and secret values take
 * more and are never asked for. The client is loaded with the first question. Throws `bad-usage` for a resource id
 * that is none.
 */
export function openArm(options: ArmOptions): ApimSource {
  const id = parseApimResourceId(options.resourceId);
  const at = [id.resourceGroup, id.service] as const;
  const endpoint = (options.endpoint ?? publicArm).replace(/\/+$/, '');
  const asked = { requestOptions: { timeout: timeoutMs }, ...(options.signal && { abortSignal: options.signal }) };
  let client: ArmClient | null = null;

  return {
    readService: async () => asResource(await (await opened()).apiManagementService.get(...at, asked)),
    readApi: async (api) => orNull((await opened()).api.get(...at, api, asked)),
    listOperations: async (api) => all((await opened()).apiOperation.listByApi(...at, api, asked)),
    readPolicy: async (place, api) => textOrNull(policyAt(await opened(), place, api)),
    readFragment: async (fragment) =>
      textOrNull((await opened()).policyFragment.get(...at, fragment, { ...asked, format: 'rawxml' })),
    listNamedValues: async () => all((await opened()).namedValue.listByService(...at, asked)),
    listBackends: () => listRaw('/backends'),
    readSubscription: async (subscription) => orNull((await opened()).subscription.get(...at, subscription, asked)),
    listSubscriptions: async () => all((await opened()).subscription.list(...at, asked)),
    listProducts: async (api) => all((await opened()).apiProduct.listByApis(...at, api, asked)),
    listDiagnostics: (api) => listRaw(api === null ? '/diagnostics' : `/apis/${encodeURIComponent(api)}/diagnostics`),
    explain: (error) => explainArmTrouble(error, options.resourceId),
  };

  async function opened(): Promise<ArmClient> {
    client ??= await openClient(id.subscriptionId, endpoint, options);
    return client;
  }

  function policyAt(arm: ArmClient, place: PolicyPlace, api: string) {
    const raw = { ...asked, format: 'rawxml' };
    switch (place.scope) {
      case 'global':
        return arm.policy.get(...at, 'policy', raw);
      case 'product':
        return arm.productPolicy.get(...at, place.id, 'policy', raw);
      case 'api':
        return arm.apiPolicy.get(...at, api, 'policy', raw);
      case 'operation':
        return arm.apiOperationPolicy.get(...at, api, place.id, 'policy', raw);
      default:
        return place satisfies never;
    }
  }

  async function listRaw(path: string): Promise<readonly Resource[]> {
    const base = `${endpoint}${options.resourceId.trim().replace(/\/+$/, '')}${path}`;
    try {
      return await listPages(`${base}?api-version=${rawVersion}`);
    } catch (error) {
      // Another cloud may not have that version yet.
      if (Number(Reflect.get(Object(error), 'statusCode')) !== 400) throw error;
      return listPages(`${base}?api-version=${clientVersion}`);
    }
  }

  async function listPages(first: string): Promise<readonly Resource[]> {
    const found: Resource[] = [];
    let next: string | null = first;
    for (let page = 0; next !== null && page < mostPages; page += 1) {
      const { value, nextLink } = await getJson(next);
      found.push(...(Array.isArray(value) ? value.map(flattened) : []));
      // The token is shown to no other host.
      next = typeof nextLink === 'string' && nextLink.startsWith(`${endpoint}/`) ? nextLink : null;
    }
    return found;
  }

  async function getJson(url: string): Promise<Resource> {
    const { createPipelineRequest, RestError } = await import('@azure/core-rest-pipeline');
    const arm = await opened();
    const request = createPipelineRequest({
      url,
      timeout: timeoutMs,
      ...(options.signal && { abortSignal: options.signal }),
    });
    const { status, bodyAsText } = await arm.sendRequest(request);
    if (status !== 200) throw new RestError(messageIn(bodyAsText), { statusCode: status });
    const body: unknown = JSON.parse(bodyAsText ?? '{}');
    return asResource(body);
  }
}

type ArmClient = Awaited<ReturnType<typeof openClient>>;

/** Both libraries are large and loaded with the first question. */
async function openClient(subscriptionId: string, endpoint: string, { credential, client }: ArmOptions) {
  const { ApiManagementClient: Client } = await import('@azure/arm-apimanagement');
  const identity = credential ?? new (await import('@azure/identity')).DefaultAzureCredential();
  const where = { endpoint, $host: endpoint, credentialScopes: `${endpoint}/.default` };
  return new Client(identity, subscriptionId, { retryOptions: defaultRetries, ...where, ...client });
}

/** A resource as the client lays it out: its properties beside its name. */
export function flattened(resource: unknown): Resource {
  const { properties, ...rest } = asResource(resource);
  return { ...asResource(properties), ...rest };
}

/** What is no object has no fields. */
function asResource(value: unknown): Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

async function all(pages: AsyncIterable<object>): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  for await (const one of pages) found.push(asResource(one));
  return found;
}

async function orNull(answer: Promise<object>): Promise<Resource | null> {
  try {
    return asResource(await answer);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function textOrNull(answer: Promise<{ readonly value?: string }>): Promise<string | null> {
  try {
    return (await answer).value ?? null;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function messageIn(body: string | null | undefined): string {
  const [, message] = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body ?? '') ?? [];
  return message ?? 'Azure Resource Manager refused the question';
}

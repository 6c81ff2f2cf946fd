import type { TokenCredential } from '@azure/identity';
import type { PolicyPlace } from '../../apim/apim-configuration';
import { apimResourceIn } from '../../apim/apim-resource-id';
import type { ApimSource, Resource } from '../../apim/apim-source';
import { AuditorError } from '../../auditor-error';
import { openAppCredential } from '../app-credential';
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
  const id = apimResourceIn(options.resourceId);
  if (id === null) throw noResource(options.resourceId);
  const { subscriptionId } = id;
  const at = [id.resourceGroup, id.service] as const;
  const endpoint = (options.endpoint ?? publicArm).replace(/\/+$/, '');
  const asked = { requestOptions: { timeout: timeoutMs }, ...(options.signal && { abortSignal: options.signal }) };
  const base = `${endpoint}${options.resourceId.trim().replace(/\/+$/, '')}`;
  const identity = openAppCredential();
  let client: ArmClient | null = null;

  return {
    readService: async () => asResource(await (await opened()).apiManagementService.get(...at, asked)),
    readApi: async (api) => orNull((await opened()).api.get(...at, api, asked)),
    listOperations: async (api) => all((await opened()).apiOperation.listByApi(...at, api, asked)),
    readPolicy: (place, api) => readText(`${pathOfPolicy(place, api)}/policies/policy`),
    readFragment: (fragment) => readText(`/policyFragments/${encodeURIComponent(fragment)}`),
    listNamedValues: async () => all((await opened()).namedValue.listByService(...at, asked)),
    listBackends: () => listRaw('/backends'),
    readSubscription: async (subscription) => orNull((await opened()).subscription.get(...at, subscription, asked)),
    listSubscriptions: async () => all((await opened()).subscription.list(...at, asked)),
    listProducts: async (api) => all((await opened()).apiProduct.listByApis(...at, api, asked)),
    listDiagnostics: (api) => listRaw(api === null ? '/diagnostics' : `/apis/${encodeURIComponent(api)}/diagnostics`),
    explain: (error) =>
      explainArmTrouble(error, { resourceId: options.resourceId, identity: identity.shownIdentity() }),
  };

  async function opened(): Promise<ArmClient> {
    client ??= await openClient(subscriptionId, endpoint, { ...options, credential: options.credential ?? identity });
    return client;
  }

  /** Raw, because the client takes an API's policy for XML where JSON is sent, and so loses it without a word. */
  async function readText(path: string): Promise<string | null> {
    const resource = await orNull(getJson(`${base}${path}?api-version=${clientVersion}&format=rawxml`));
    if (resource === null) return null;
    const { value } = flattened(resource);
    // Anything else must not pass for a policy that is not there.
    if (typeof value !== 'string') throw new TypeError(`No text in the answer for ${path}`);
    return value;
  }

  async function listRaw(path: string): Promise<readonly Resource[]> {
    try {
      return await listPages(`${base}${path}?api-version=${rawVersion}`);
    } catch (error) {
      // Another cloud may not have that version yet.
      if (Number(Reflect.get(Object(error), 'statusCode')) !== 400) throw error;
      return listPages(`${base}${path}?api-version=${clientVersion}`);
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
    const { createHttpHeaders, createPipelineRequest, RestError } = await import('@azure/core-rest-pipeline');
    const arm = await opened();
    const request = createPipelineRequest({
      url,
      headers: createHttpHeaders({ accept: 'application/json' }),
      timeout: timeoutMs,
      ...(options.signal && { abortSignal: options.signal }),
    });
    const { status, bodyAsText } = await arm.sendRequest(request);
    if (status !== 200) throw new RestError(messageIn(bodyAsText), { statusCode: status });
    const body: unknown = JSON.parse(bodyAsText ?? '{}');
    return asResource(body);
  }
}

function noResource(text: string): AuditorError {
  return new AuditorError(
    'bad-usage',
    `"${text}" is no API Management service's resource id. Write /subscriptions/…/resourceGroups/…/providers/Microsoft.ApiManagement/service/…, as its Properties page in the portal shows it.`,
  );
}

type ArmClient = Awaited<ReturnType<typeof openClient>>;

/** The library is large and loaded with the first question. */
async function openClient(
  subscriptionId: string,
  endpoint: string,
  { credential, client }: Pick<ArmOptions, 'client'> & { readonly credential: TokenCredential },
) {
  const { ApiManagementClient: Client } = await import('@azure/arm-apimanagement');
  const where = { endpoint, $host: endpoint, credentialScopes: `${endpoint}/.default` };
  return new Client(credential, subscriptionId, { retryOptions: defaultRetries, ...where, ...client });
}

/** A resource as the client lays it out: its properties beside its name. */
function flattened(resource: unknown): Resource {
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

function pathOfPolicy(place: PolicyPlace, api: string): string {
  const apiPath = `/apis/${encodeURIComponent(api)}`;
  switch (place.scope) {
    case 'global':
      return '';
    case 'product':
      return `/products/${encodeURIComponent(place.id)}`;
    case 'api':
      return apiPath;
    case 'operation':
      return `${apiPath}/operations/${encodeURIComponent(place.id)}`;
    default:
      return place satisfies never;
  }
}

function messageIn(body: string | null | undefined): string {
  const [, message] = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body ?? '') ?? [];
  return message ?? 'Azure Resource Manager refused the question';
}

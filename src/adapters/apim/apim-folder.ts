import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyPlace } from '../../apim/apim-configuration';
import type { ApimSource, Resource } from '../../apim/apim-source';
import { AuditorError } from '../../auditor-error';
import { errnoCode } from '../errno-code';

/**
 * A folder of policy files and resources' JSON, laid out as the APIOps extractor lays it out; everything is optional:
 *
 *     service.json                                      as `az apim show` prints it
 *     policy.xml                                        of all APIs
 *     products/<product>/policy.xml
 *     apis/<api>/policy.xml                             and apiInformation.json
 *     apis/<api>/operations/<operation>/policy.xml      and operationInformation.json
 *     apis/<api>/diagnostics/<id>/diagnosticInformation.json, diagnostics/<id>/…
 *     policy fragments/<fragment>/policy.xml
 *     named values/<name>/namedValueInformation.json
 *     backends/<backend>/backendInformation.json
 *     subscriptions/<subscription>/subscriptionInformation.json
 *
 * A JSON file holds the resource as Azure Resource Manager shows it. A folder's name is the resource's name. A product
 * whose folder has an `apis.json` (a list of names) holds only those; any other holds every API.
 */
export function openApimFolder(folder: string): ApimSource {
  const at = (...path: string[]) => join(folder, ...path);
  return {
    readService: async () => (await readResource(at('service.json'), null)) ?? {},
    readApi: async (api) => {
      const known = (await foldersIn(at('apis'))).includes(api);
      return (await readResource(at('apis', api, 'apiInformation.json'), api)) ?? (known ? { name: api } : null);
    },
    listOperations: (api) => readAll(at('apis', api, 'operations'), 'operationInformation.json'),
    readPolicy: (place, api) => readText(at(...pathOfPolicy(place, api), 'policy.xml')),
    readFragment: (id) => readText(at('policy fragments', id, 'policy.xml')),
    listNamedValues: () => readAll(at('named values'), 'namedValueInformation.json'),
    listBackends: () => readAll(at('backends'), 'backendInformation.json'),
    readSubscription: (id) => readResource(at('subscriptions', id, 'subscriptionInformation.json'), id),
    listSubscriptions: () => readAll(at('subscriptions'), 'subscriptionInformation.json'),
    listProducts: async (api) => {
      const products = await readAll(at('products'), 'productInformation.json');
      const holds = await Promise.all(products.map(({ name }) => holdsApi(at('products', String(name)), api)));
      return products.filter((_, index) => holds[index]);
    },
    listDiagnostics: (api) =>
      readAll(at(...(api === null ? [] : ['apis', api]), 'diagnostics'), 'diagnosticInformation.json'),
    explain: (error) => (error instanceof AuditorError ? error.message : 'a file there is of an unknown form'),
  };
}

/** The APIs in a folder. Throws `bad-usage` where there is none. */
export async function apisInFolder(folder: string): Promise<readonly string[]> {
  const apis = await foldersIn(join(folder, 'apis'));
  if (apis.length > 0) return apis;
  throw new AuditorError('bad-usage', `${folder} has no folder apis/<api>; docs/import.md describes the layout.`);
}

function pathOfPolicy(place: PolicyPlace, api: string): readonly string[] {
  switch (place.scope) {
    case 'global':
      return [];
    case 'product':
      return ['products', place.id];
    case 'api':
      return ['apis', api];
    case 'operation':
      return ['apis', api, 'operations', place.id];
    default:
      return place satisfies never;
  }
}

async function holdsApi(folder: string, api: string): Promise<boolean> {
  const text = await readText(join(folder, 'apis.json'));
  if (text === null) return true;
  const names = parseJsonOf(text, join(folder, 'apis.json'));
  return Array.isArray(names) && names.some((name) => String(name).toLowerCase() === api.toLowerCase());
}

async function readAll(folder: string, file: string): Promise<readonly Resource[]> {
  const names = await foldersIn(folder);
  return Promise.all(names.map(async (name) => (await readResource(join(folder, name, file), name)) ?? { name }));
}

async function readResource(path: string, name: string | null): Promise<Resource | null> {
  const text = await readText(path);
  if (text === null) return null;
  const body = parseJsonOf(text, path);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw unusable(path, 'is no JSON object');
  const { properties, ...rest }: { readonly properties?: unknown } & Resource = { ...body };
  const laidOut = typeof properties === 'object' && properties !== null ? { ...properties, ...rest } : rest;
  return name === null ? laidOut : { ...laidOut, name };
}

function parseJsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(path, 'is no JSON');
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoCode(cause) ?? '')) return null;
    throw unusable(path, `cannot be read (${errnoCode(cause) ?? 'unknown'})`);
  }
}

async function foldersIn(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoCode(cause) ?? '')) return [];
    throw unusable(path, `cannot be read (${errnoCode(cause) ?? 'unknown'})`);
  }
}

function unusable(path: string, what: string): AuditorError {
  return new AuditorError('bad-usage', `${path} ${what}`);
}

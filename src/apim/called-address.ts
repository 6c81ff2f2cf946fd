import type { ApimApi } from './apim-configuration';
import { operationFor, pathOf } from './request-way';

/** How customers address the model: by our two ways, with what stands before either; null: neither way leads there. */
export interface CalledAddress {
  readonly api: 'deployments' | 'v1';
  readonly endpoint: string;
  /** What was taken for granted, for people. */
  readonly assumed: string | null;
}

const deployment = /\/deployments\/[^/]+\/chat\/completions$/;

/** The address of an API's chat calls, from its path and the template of the operation that serves them. */
export function calledAddress(gatewayUrl: string, api: ApimApi): CalledAddress | null {
  const operation = operationFor('chat', api);
  const base = `${gatewayUrl.replace(/\/+$/, '')}${pathIn(api.path)}`;
  const template = operation === null ? '/*' : pathOf(operation.urlTemplate);
  if (template.endsWith('/*')) {
    const endpoint = withoutOpenAi(base) ?? base;
    const assumed = `API ${api.id} has no operation for chat completions of its own: it is taken to be called by …/openai/deployments/{deployment}/chat/completions`;
    return { api: 'deployments', endpoint, assumed };
  }
  if (deployment.test(template)) {
    const endpoint = withoutOpenAi(`${base}${template.replace(deployment, '')}`);
    return endpoint === null ? null : { api: 'deployments', endpoint, assumed: null };
  }
  return { api: 'v1', endpoint: `${base}${template.replace(/\/chat\/completions$/, '')}`, assumed: null };
}

function withoutOpenAi(address: string): string | null {
  return /\/openai$/i.test(address) ? address.replace(/\/openai$/i, '') : null;
}

function pathIn(path: string): string {
  const inner = path.replace(/^\/+|\/+$/g, '');
  return inner === '' ? '' : `/${inner}`;
}

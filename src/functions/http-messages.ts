import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { ApiRequest, ApiResponse } from '../api/api-message';

/** The host's request as the API's own; the invocation's id is what the host's log is searched by. */
export async function toApiRequest(request: HttpRequest, { invocationId }: InvocationContext): Promise<ApiRequest> {
  const { method, params } = request;
  const ifNoneMatch = request.headers.get('if-none-match');
  const body = method === 'GET' || method === 'HEAD' ? '' : await request.text();
  return {
    method,
    url: new URL(request.url),
    params,
    body,
    requestId: invocationId,
    ...(ifNoneMatch !== null && { ifNoneMatch }),
  };
}

export function toHttpResponse({ status, headers, body }: ApiResponse): HttpResponseInit {
  return { status, headers: { ...headers }, body };
}

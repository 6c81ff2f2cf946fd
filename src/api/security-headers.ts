import type { ApiResponse } from './api-message';

/**
 * An answer is data for whoever asked: no browser may guess another type, run anything in it, show it in a frame, tell
 * its address to others, or give it to another site's page.
 */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
} as const;

/** The answer with these headers where it has none of its own. */
export function withSecurityHeaders(response: ApiResponse): ApiResponse {
  return { ...response, headers: { ...securityHeaders, ...response.headers } };
}

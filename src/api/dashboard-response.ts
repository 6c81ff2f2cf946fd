import type { ApiRequest, ApiResponse } from './api-message';
import { toConditional } from './conditional';

/** The files of the page by the path behind `dashboard/`, with their types. */
export const dashboardFiles = {
  '': { name: 'index.html', type: 'text/html; charset=utf-8' },
  'main.js': { name: 'main.js', type: 'text/javascript; charset=utf-8' },
  'style.css': { name: 'style.css', type: 'text/css; charset=utf-8' },
  'icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
} as const;

type DashboardFileName = (typeof dashboardFiles)[keyof typeof dashboardFiles]['name'];

/** Nothing from elsewhere, nothing inline, in nobody's frame; data only from the service itself. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/**
 * GET dashboard and the files beside it, and HEAD of them (hosts keep its body back, and tell its length). They hold
 * no data, so anyone may read them. Addresses in the
 * page are relative to `dashboard` without a slash at its end; with one the caller is sent there.
 */
export function dashboardResponse(request: ApiRequest, readFile: (name: DashboardFileName) => string): ApiResponse {
  const response = fileResponse(request, readFile);
  return { ...response, headers: { ...securityHeaders, ...response.headers } };
}

function fileResponse(request: ApiRequest, readFile: (name: DashboardFileName) => string): ApiResponse {
  const path = request.params.file ?? '';
  if (path === '' && request.url.pathname.endsWith('/')) {
    return { status: 308, headers: { location: `../dashboard${request.url.search}` }, body: '' };
  }
  if (!isFile(path)) return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'There is no such file.' };
  const { name, type } = dashboardFiles[path];
  return toConditional(request, { status: 200, headers: { 'content-type': type }, body: readFile(name) });
}

function isFile(path: string): path is keyof typeof dashboardFiles {
  return Object.hasOwn(dashboardFiles, path);
}

export type RouteName =
  | 'health'
  | 'customers'
  | 'limits'
  | 'limits-refresh'
  | 'audits'
  | 'audits-export'
  | 'audit'
  | 'audit-diff'
  | 'audit-start'
  | 'integrity'
  | 'report'
  | 'usage'
  | 'metrics'
  | 'openapi';

/** Where a route of the HTTP API is found. The prefix `/api` is the host's. */
export interface RoutePath {
  readonly method: 'GET' | 'POST';
  /** In the host's own form; `{auditId:guid}` keeps names that stand in its place apart from ids. */
  readonly path: string;
  /** Who may call it: anyone, or whoever has a function key. */
  readonly access: 'anyone' | 'key';
}

/**
 * Every route, as it is registered: apart from what answers it, which a start does not wait for. The host matches
 * functions in the order of their names, so no two paths here may fit one request.
 */
export const routePaths: Readonly<Record<RouteName, RoutePath>> = {
  health: { method: 'GET', path: 'health', access: 'anyone' },
  customers: { method: 'GET', path: 'customers', access: 'key' },
  limits: { method: 'GET', path: 'customers/{id}/limits', access: 'key' },
  'limits-refresh': { method: 'POST', path: 'customers/{id}/limits/refresh', access: 'key' },
  audits: { method: 'GET', path: 'customers/{id}/audits', access: 'key' },
  'audits-export': { method: 'GET', path: 'customers/{id}/audits/export', access: 'key' },
  audit: { method: 'GET', path: 'customers/{id}/audits/{auditId:guid}', access: 'key' },
  'audit-diff': { method: 'GET', path: 'customers/{id}/audits/{auditId:guid}/diff', access: 'key' },
  'audit-start': { method: 'POST', path: 'customers/{id}/audits', access: 'key' },
  integrity: { method: 'GET', path: 'customers/{id}/integrity', access: 'key' },
  report: { method: 'GET', path: 'customers/{id}/report', access: 'key' },
  usage: { method: 'GET', path: 'customers/{id}/usage', access: 'key' },
  metrics: { method: 'GET', path: 'metrics', access: 'key' },
  openapi: { method: 'GET', path: 'openapi.json', access: 'key' },
};

import { type ApiRequest, type ApiResponse, jsonResponse } from './api-message';
import { getAudit, listAudits, startAudit } from './audit-routes';
import type { AuditService } from './audit-service';
import { getHealth } from './health-route';
import { exportAudits, getDiff, getIntegrity } from './history-routes';
import { getLimits, listCustomers, refreshLimits } from './limit-routes';
import { getMetrics } from './metrics-route';
import { openApiDocument } from './open-api';
import { getReport } from './report-route';
import { getUsage } from './usage-route';

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

/** One route of the HTTP API. The prefix `/api` is the host's. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** In the host's own form; `{auditId:guid}` keeps names that stand in its place apart from ids. */
  readonly path: string;
  /** Who may call it: anyone, or whoever has a function key. */
  readonly access: 'anyone' | 'key';
  readonly answer: (request: ApiRequest, service: AuditService) => Promise<ApiResponse>;
}

/** The host matches functions in the order of their names, so no two paths here may fit one request. */
export const routes: Readonly<Record<RouteName, Route>> = {
  health: { method: 'GET', path: 'health', access: 'anyone', answer: getHealth },
  customers: { method: 'GET', path: 'customers', access: 'key', answer: listCustomers },
  limits: { method: 'GET', path: 'customers/{id}/limits', access: 'key', answer: getLimits },
  'limits-refresh': { method: 'POST', path: 'customers/{id}/limits/refresh', access: 'key', answer: refreshLimits },
  audits: { method: 'GET', path: 'customers/{id}/audits', access: 'key', answer: listAudits },
  'audits-export': { method: 'GET', path: 'customers/{id}/audits/export', access: 'key', answer: exportAudits },
  audit: { method: 'GET', path: 'customers/{id}/audits/{auditId:guid}', access: 'key', answer: getAudit },
  'audit-diff': { method: 'GET', path: 'customers/{id}/audits/{auditId:guid}/diff', access: 'key', answer: getDiff },
  'audit-start': { method: 'POST', path: 'customers/{id}/audits', access: 'key', answer: startAudit },
  integrity: { method: 'GET', path: 'customers/{id}/integrity', access: 'key', answer: getIntegrity },
  report: { method: 'GET', path: 'customers/{id}/report', access: 'key', answer: getReport },
  usage: { method: 'GET', path: 'customers/{id}/usage', access: 'key', answer: getUsage },
  metrics: { method: 'GET', path: 'metrics', access: 'key', answer: getMetrics },
  openapi: {
    method: 'GET',
    path: 'openapi.json',
    access: 'key',
    answer: async (_request, { version }) => jsonResponse(200, openApiDocument(routes, version)),
  },
};

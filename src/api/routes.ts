import { type ApiRequest, type ApiResponse, jsonResponse } from './api-message';
import { getAudit, listAudits, startAudit } from './audit-routes';
import type { AuditService } from './audit-service';
import { getHealth } from './health-route';
import { exportAudits, getDiff, getIntegrity } from './history-routes';
import { getLimits, listCustomers, refreshLimits } from './limit-routes';
import { getMetrics } from './metrics-route';
import { openApiDocument } from './open-api';
import { getReport } from './report-route';
import { type RouteName, type RoutePath, routePaths } from './route-paths';
import { getUsage } from './usage-route';

export type { RouteName };

type AnswerRoute = (request: ApiRequest, service: AuditService) => Promise<ApiResponse>;

/** One route of the HTTP API, with what answers it. */
export interface Route extends RoutePath {
  readonly answer: AnswerRoute;
}

const answers: Readonly<Record<RouteName, AnswerRoute>> = {
  health: getHealth,
  customers: listCustomers,
  limits: getLimits,
  'limits-refresh': refreshLimits,
  audits: listAudits,
  'audits-export': exportAudits,
  audit: getAudit,
  'audit-diff': getDiff,
  'audit-start': startAudit,
  integrity: getIntegrity,
  report: getReport,
  usage: getUsage,
  metrics: getMetrics,
  openapi: async (_request, { version }) => jsonResponse(200, openApiDocument(routes, version)),
};

export const routes: Readonly<Record<RouteName, Route>> = withAnswers();

function withAnswers(): Readonly<Record<RouteName, Route>> {
  const entries = Object.entries(routePaths) as [RouteName, RoutePath][];
  // As many and the same names as in routePaths.
  return Object.fromEntries(entries.map(([name, path]) => [name, { ...path, answer: answers[name] }])) as Record<
    RouteName,
    Route
  >;
}

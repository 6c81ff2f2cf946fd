import { type ApiRequest, type ApiResponse, jsonResponse } from './api-message';
import type { AuditService } from './audit-service';
import { periodQuery, readQuery } from './read-request';

/** GET customers/{id}/usage: what our audits used, by day and backend; `from` and `to` are taken as UTC days. */
export async function getUsage(request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  const { from, to } = readQuery(request, periodQuery);
  const span = { ...(from && { from: from.slice(0, 10) }), ...(to && { to: to.slice(0, 10) }) };
  return jsonResponse(200, await service.usage(request.params.id ?? '', span));
}

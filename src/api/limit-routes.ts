import { type ApiRequest, type ApiResponse, jsonResponse } from './api-message';
import type { AuditService } from './audit-service';
import { pageQuery, readQuery } from './read-request';

/** GET customers: every customer's limit status, page by page. */
export async function listCustomers(request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  return jsonResponse(200, await service.limitStatuses(readQuery(request, pageQuery)));
}

/** GET customers/{id}/limits. */
export async function getLimits({ params }: ApiRequest, service: AuditService): Promise<ApiResponse> {
  return jsonResponse(200, await service.limitStatusOf(params.id ?? ''));
}

/** POST customers/{id}/limits/refresh: the same after one probe, unless an audit is running on that counter. */
export async function refreshLimits({ params }: ApiRequest, service: AuditService): Promise<ApiResponse> {
  return jsonResponse(200, await service.refreshLimitStatus(params.id ?? ''));
}

import type { ApiRequest, ApiResponse } from './api-message';
import type { AuditService } from './audit-service';
import { metricsContentType } from './render-metrics';

/** GET metrics: what is stored, in Prometheus' text format. */
export async function getMetrics(_request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  return { status: 200, headers: { 'content-type': metricsContentType }, body: await service.metrics() };
}

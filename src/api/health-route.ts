import { type ApiRequest, type ApiResponse, jsonResponse } from './api-message';
import type { AuditService } from './audit-service';

/** GET health: whether the service can do its work, and nothing else about it. */
export async function getHealth(_request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  const trouble = await service.health();
  return trouble === null ? jsonResponse(200, { status: 'ok' }) : failing(trouble.failing, trouble.cause);
}

/** Health where the service could not even be put together. */
export function toHealthOf(error: unknown): ApiResponse {
  return failing('configuration', error);
}

function failing(part: 'storage' | 'configuration', fault: unknown): ApiResponse {
  return { ...jsonResponse(503, { status: 'failing', failing: part }), fault };
}

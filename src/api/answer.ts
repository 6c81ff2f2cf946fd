import type { ApiRequest, ApiResponse } from './api-message';
import type { AuditService } from './audit-service';
import { toConditional } from './conditional';
import { toHealthOf } from './health-route';
import { toErrorResponse } from './http-errors';
import { type RouteName, routes } from './routes';
import { withSecurityHeaders } from './security-headers';

/**
 * Answers a request, whatever happens. `openService` may fail: then health tells what is wrong, and every other route
 * that it cannot answer.
 */
export async function answer(
  name: RouteName,
  request: ApiRequest,
  openService: () => Promise<AuditService>,
): Promise<ApiResponse> {
  return withSecurityHeaders(await answerOf(name, request, openService));
}

async function answerOf(
  name: RouteName,
  request: ApiRequest,
  openService: () => Promise<AuditService>,
): Promise<ApiResponse> {
  try {
    const response = await routes[name].answer(request, await openService());
    return name === 'health' ? response : toConditional(request, response);
  } catch (error) {
    return name === 'health' ? toHealthOf(error) : toErrorResponse(error, request.requestId);
  }
}

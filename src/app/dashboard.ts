import { readDashboardFile } from '../adapters/dashboard-files';
import type { ApiRequest, ApiResponse } from '../api/api-message';
import { dashboardResponse } from '../api/dashboard-response';
import { toErrorResponse } from '../api/http-errors';

/** Answers for the page's files, whether or not the rest of the app can be put together. */
export function answerDashboard(request: ApiRequest): ApiResponse {
  try {
    return dashboardResponse(request, readDashboardFile);
  } catch (error) {
    return toErrorResponse(error, request.requestId);
  }
}

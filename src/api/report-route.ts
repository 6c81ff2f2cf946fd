import type { ApiRequest, ApiResponse } from './api-message';
import { gatherPack } from './audit-pack/gather-pack';
import { packContentSecurityPolicy, renderPack } from './audit-pack/render-pack';
import type { AuditService } from './audit-service';
import { periodQuery, readQuery } from './read-request';

/** GET customers/{id}/report: the audit pack, one HTML file that opens anywhere. */
export async function getReport(request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  const customerId = request.params.id ?? '';
  const pack = await gatherPack(service, customerId, readQuery(request, periodQuery));
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': `inline; filename="gateway-audit-${customerId}.html"`,
      'content-security-policy': `${packContentSecurityPolicy}; frame-ancestors 'none'; sandbox`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: renderPack(pack),
  };
}

import { type ApiRequest, type ApiResponse, jsonResponse } from './api-message';
import type { AuditService } from './audit-service';
import { exportContentTypes, exportPage } from './history-export';
import { diffQuery, exportQuery, readQuery } from './read-request';

/** GET customers/{id}/integrity: whether the stored history is what was once saved, and the first record that is not. */
export async function getIntegrity({ params }: ApiRequest, service: AuditService): Promise<ApiResponse> {
  return jsonResponse(200, await service.integrity(params.id ?? ''));
}

/** GET customers/{id}/audits/{auditId}/diff?against=: what changed from that audit to this one. */
export async function getDiff(request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  const { id = '', auditId = '' } = request.params;
  const { against } = readQuery(request, diffQuery);
  return jsonResponse(200, await service.diff(id, { auditId: auditId.toLowerCase(), against: against.toLowerCase() }));
}

/**
 * GET customers/{id}/audits/export: the history in pages, each with the address of the next one in a `Link` header
 * (RFC 8288), so that the memory of an export is that of a page however long the history is. Not one stream: a host
 * hands over a whole answer, and a continuation can be asked for again after a fault.
 */
export async function exportAudits(request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  const customerId = request.params.id ?? '';
  const { format, ...filter } = readQuery(request, exportQuery);
  const { audits, continuationToken } = await service.history(customerId, filter);
  return {
    status: 200,
    headers: {
      'content-type': exportContentTypes[format],
      'content-disposition': `attachment; filename="${customerId}-audits.${format}"`,
      'cache-control': 'no-store',
      ...(continuationToken !== null && { link: `<${addressOfPage(request, continuationToken)}>; rel="next"` }),
    },
    body: exportPage(format, { audits, isFirst: filter.continuationToken === undefined }),
  };
}

/** The address that the caller used; a key in its query is not passed on. */
function addressOfPage({ url }: ApiRequest, continuationToken: string): string {
  const next = new URL(url);
  next.searchParams.delete('code');
  next.searchParams.set('continuationToken', continuationToken);
  return next.href;
}

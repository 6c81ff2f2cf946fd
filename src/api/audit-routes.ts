import { AuditorError } from '../auditor-error';
import { type ApiRequest, type ApiResponse, jsonResponse } from './api-message';
import type { AuditService } from './audit-service';
import { historyQuery, readBody, readQuery, startAuditBody } from './read-request';

/** After how many seconds a caller may look for a started audit's report. */
const retryAfterSeconds = 5;

/** GET customers/{id}/audits: the history, newest first. */
export async function listAudits(request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  return jsonResponse(200, await service.history(request.params.id ?? '', readQuery(request, historyQuery)));
}

/** GET customers/{id}/audits/{auditId}: one audit in any state, with its evidence. */
export async function getAudit({ params }: ApiRequest, service: AuditService): Promise<ApiResponse> {
  return jsonResponse(200, await service.readAudit(params.id ?? '', (params.auditId ?? '').toLowerCase()));
}

/** POST customers/{id}/audits: queues one audit; 409 with the other's address where it is queued or running already. */
export async function startAudit(request: ApiRequest, service: AuditService): Promise<ApiResponse> {
  const customerId = request.params.id ?? '';
  const { check } = readBody(request, startAuditBody);
  const { claimed, refused } = await service.queueAudits([{ customerId, check }], 'http');
  const [started] = claimed;
  const [other] = refused;
  if (started !== undefined) {
    const { auditId, scheduledAt, trigger } = started;
    const headers = { location: addressOf(auditId, request), 'retry-after': String(retryAfterSeconds) };
    return jsonResponse(202, { auditId, customerId, check, trigger, scheduledAt, state: 'queued' }, headers);
  }
  throw new AuditorError(
    'conflict',
    `The check ${check} of customer ${customerId} is ${other?.state ?? 'queued'} already.`,
    {
      ...(other && { location: addressOf(other.auditId, request) }),
    },
  );
}

/** Where an audit is read, by the address at which the caller reached us; a key in its query is not passed on. */
function addressOf(auditId: string, { url }: ApiRequest): string {
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${auditId}`;
}

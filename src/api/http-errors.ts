import { AuditorError, type AuditorErrorCode } from '../auditor-error';
import { type ApiResponse, jsonResponse } from './api-message';

/** RFC 9457, with our own `code`; `problems` names every bad parameter. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly problems?: readonly string[];
  /** Of our own faults: what to look for in the log. */
  readonly id?: string;
}

const callersErrors: Readonly<Partial<Record<AuditorErrorCode, { readonly status: number; readonly title: string }>>> =
  {
    'bad-request': { status: 400, title: 'Bad Request' },
    'not-found': { status: 404, title: 'Not Found' },
    conflict: { status: 409, title: 'Conflict' },
    'budget-spent': { status: 429, title: 'Too Many Requests' },
  };

/** Where the error itself does not know better: audits take seconds to minutes, budgets are those of a day. */
const defaultRetryAfterSeconds: Readonly<Partial<Record<AuditorErrorCode, number>>> = {
  conflict: 5,
  'budget-spent': 3600,
};

/** A configuration that cannot be used is mended by whoever runs the service, and says so without telling what is in it. */
const notConfigured: ReadonlySet<AuditorErrorCode> = new Set([
  'config-invalid',
  'config-unreadable',
  'setting-missing',
]);

/** An error as the answer to a request. Texts of errors about us stay in the log; `requestId` leads there. */
export function toErrorResponse(error: unknown, requestId: string): ApiResponse {
  const known = error instanceof AuditorError ? callersErrors[error.code] : undefined;
  if (error instanceof AuditorError && known !== undefined) {
    const { location, problems, retryAfterSeconds = defaultRetryAfterSeconds[error.code] } = error.details;
    const problem: Problem = {
      type: 'about:blank',
      ...known,
      code: error.code,
      detail: error.message,
      ...(problems && { problems }),
    };
    return problemResponse(problem, {
      ...(location !== undefined && { location }),
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    });
  }
  const isNotConfigured = error instanceof AuditorError && notConfigured.has(error.code);
  const problem: Problem = isNotConfigured
    ? { type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'configuration', id: requestId }
    : { type: 'about:blank', title: 'Internal Server Error', status: 500, code: 'internal-error', id: requestId };
  return { ...problemResponse(problem), fault: error };
}

function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return jsonResponse(problem.status, problem, { 'content-type': 'application/problem+json', ...headers });
}

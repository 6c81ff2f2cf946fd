import type { CheckName } from '../src/audit/declaration';
import type { CustomerUsage } from '../src/audit/history/customer-usage';
import type { AuditPair } from '../src/audit/history/diff-audits';
import type { ReportDiff } from '../src/audit/history/diff-reports';
import type { AuditRecord } from '../src/audit/history/read-audit';
import type { LimitStatusView } from '../src/audit/limit-status';
import type { Integrity } from '../src/audit/proof/verify-chain';
import type { Report } from '../src/audit/report';

/** An answer that is no success; `status` 0: no answer came. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
    readonly location: string | null = null,
  ) {
    super(message);
  }
}

export type HistoryQuery = Readonly<
  Partial<Record<'check' | 'verdict' | 'from' | 'to' | 'continuationToken', string>>
> & {
  readonly top?: number;
};

export interface Api {
  customers(continuationToken: string | null): Promise<{
    readonly customers: readonly LimitStatusView[];
    readonly continuationToken: string | null;
  }>;
  limits(customerId: string): Promise<LimitStatusView>;
  audits(
    customerId: string,
    query: HistoryQuery,
  ): Promise<{ readonly audits: readonly Report[]; readonly continuationToken: string | null }>;
  audit(customerId: string, auditId: string): Promise<AuditRecord>;
  diff(customerId: string, pair: AuditPair): Promise<ReportDiff>;
  /** The audit's id, also where it was queued or running before; throws an `ApiError` where it may not be run. */
  start(customerId: string, check: CheckName): Promise<{ readonly auditId: string; readonly wasOpen: boolean }>;
  /** `from`: the first day, `2026-11-22`; all of them where it is absent. */
  usage(customerId: string, from?: string): Promise<CustomerUsage>;
  integrity(customerId: string): Promise<Integrity>;
  /** A file, such as `report` or `audits/export?format=csv`; of one that comes in pages all of them. */
  file(customerId: string, path: string): Promise<Blob>;
}

/** The HTTP API that serves this page, asked with the key; `signal` ends what is under way. */
export function openApi(key: string, signal: AbortSignal): Api {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...init.headers, 'x-functions-key': key };
    const response = await fetch(new URL(path, baseAddress()), { ...init, headers, signal, cache: 'no-store' }).catch(
      (error: unknown) => {
        if (signal.aborted) throw error;
        throw new ApiError(0, 'The service gave no answer. Is it running?');
      },
    );
    if (response.ok) return response;
    throw await toError(response);
  };
  const read = async <Answer>(path: string): Promise<Answer> => (await (await ask(path)).json()) as Answer;
  const of = (customerId: string, rest: string) => `customers/${encodeURIComponent(customerId)}/${rest}`;

  return {
    customers: (token) => read(`customers?${query({ top: 100, ...(token !== null && { continuationToken: token }) })}`),
    limits: (id) => read(of(id, 'limits')),
    audits: (id, filter) => read(of(id, `audits?${query(filter)}`)),
    audit: (id, auditId) => read(of(id, `audits/${auditId}`)),
    diff: (id, { auditId, against }) => read(of(id, `audits/${auditId}/diff?against=${against}`)),
    start: (id, check) => start(() => ask(of(id, 'audits'), { method: 'POST', body: JSON.stringify({ check }) })),
    usage: (id, from) => read(of(id, `usage?${query(from === undefined ? {} : { from })}`)),
    integrity: (id) => read(of(id, 'integrity')),
    file: (id, path) => readPages(of(id, path), ask),
  };
}

/** The page stands beside the routes that it asks: `/api/dashboard`. */
function baseAddress(): URL {
  return new URL('.', location.href.replace(/[?#].*$/, ''));
}

function query(parameters: HistoryQuery): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

async function start(post: () => Promise<Response>): Promise<{ auditId: string; wasOpen: boolean }> {
  try {
    const response = await post();
    return { auditId: auditIdOf(response.headers.get('location')), wasOpen: false };
  } catch (error) {
    if (error instanceof ApiError && error.status === 409 && error.location !== null) {
      return { auditId: auditIdOf(error.location), wasOpen: true };
    }
    throw error;
  }
}

/** Pages follow each other by a `Link` header; its host may be another where a proxy stands between. */
async function readPages(path: string, ask: (path: string) => Promise<Response>): Promise<Blob> {
  const parts: Blob[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const response: Response = await ask(next);
    parts.push(await response.blob());
    const link = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    const address: URL | null = link === undefined ? null : new URL(link, location.href);
    next = address === null ? undefined : `${address.pathname}${address.search}`;
  }
  return new Blob(parts, { type: parts[0]?.type ?? '' });
}

/** The last part of a Location; its host may be another where a proxy stands between. */
function auditIdOf(location: string | null): string {
  return (
    location
      ?.replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? ''
  );
}

async function toError(response: Response): Promise<ApiError> {
  const problem: unknown = await response.json().catch(() => null);
  const told = typeof problem === 'object' && problem !== null ? (problem as Record<string, unknown>) : {};
  const text = [told.detail, told.title].find((part) => typeof part === 'string');
  const id = typeof told.id === 'string' ? ` (id ${told.id})` : '';
  const location = response.headers.get('location');
  return new ApiError(response.status, `${text ?? `The service answered ${response.status}.`}${id}`, location);
}

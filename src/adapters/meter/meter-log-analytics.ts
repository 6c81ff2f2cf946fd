import type { TokenCredential } from '@azure/identity';
import type { Meter } from '../../audit/declaration';
import type { MeterRow, ReadMeter } from '../../audit/meter-reading';
import type { Clock } from '../../probe/clock';
import { openAppCredential } from '../app-credential';
import { codeOf } from '../gateway/exchange-error';
import { meterColumns, meterQuery } from './kql';

export interface LogAnalyticsOptions {
  readonly meter: Extract<Meter, { readonly kind: 'log-analytics' }>;
  readonly clock: Clock;
  /** Default: the identity that the app runs as. */
  readonly credential?: TokenCredential;
  /** Over the client's own: another cloud's endpoint, a test's. */
  readonly client?: {
    readonly endpoint?: string;
    readonly retryOptions?: {
      readonly maxRetries: number;
      readonly retryDelayInMs: number;
      readonly maxRetryDelayInMs: number;
    };
    readonly tlsOptions?: { readonly ca: string };
  };
}

/** What is read of the client's tables. */
interface AnsweredTable {
  readonly columnDescriptors: readonly { readonly name?: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** What a query may take on the server, and what we wait for it; a window of some minutes takes a second. */
const serverTimeoutSeconds = 60;
const timeoutMs = 90_000;
/** Throttled queries (429) are asked again by the client, as the answer's Retry-After says. */
const defaultRetries = { maxRetries: 3, retryDelayInMs: 2_000, maxRetryDelayInMs: 60_000 };

/**
 * Usage as Azure Monitor has it: of a workspace, or, where the id is that of a resource (an Application Insights
 * component for `customMetrics`), of that resource. A query that fails is trouble; one that answers with an error
 * beside its rows, or without the columns it was asked for, is partial.
 */
export function openLogAnalyticsMeter(options: LogAnalyticsOptions): ReadMeter {
  const { meter, clock } = options;
  const identity = openAppCredential();
  const credential = options.credential ?? identity;
  let client: Awaited<ReturnType<typeof openClient>> | null = null;
  return async (window, signal) => {
    const asked = { askedMs: clock.nowMs(), ...window };
    try {
      client ??= await openClient(credential, options.client);
      const span = { startTime: new Date(window.fromMs), endTime: new Date(window.toMs) };
      const limits = {
        serverTimeoutInSeconds: serverTimeoutSeconds,
        requestOptions: { timeout: timeoutMs },
        ...(signal && { abortSignal: signal }),
      };
      const query = meterQuery(meter, window);
      const result = meter.workspaceId.startsWith('/')
        ? await client.queryResource(meter.workspaceId.slice(1), query, span, limits)
        : await client.queryWorkspace(meter.workspaceId, query, span, limits);
      if (result.status !== 'Success') {
        return { ...asked, state: 'partial', because: 'Azure Monitor answered with a part of the rows only', rows: [] };
      }
      const [table] = result.tables;
      const rows = rowsOf(table);
      const lacking = rows === null ? 'the columns asked for' : lacksCallers(table) ? 'the callers of all calls' : null;
      return lacking === null
        ? { ...asked, state: 'complete', because: null, rows: rows ?? [] }
        : { ...asked, state: 'partial', because: `Azure Monitor answered without ${lacking}`, rows: [] };
    } catch (cause) {
      return { ...asked, state: 'trouble', because: reasonOf(cause, identity.shownIdentity()), rows: [] };
    }
  };
}

/** The library is large and loaded with the first query. */
async function openClient(credential: TokenCredential, client: LogAnalyticsOptions['client']) {
  const { LogsQueryClient } = await import('@azure/monitor-query-logs');
  return new LogsQueryClient(credential, { retryOptions: defaultRetries, ...client });
}

function rowsOf(table: AnsweredTable | undefined): readonly MeterRow[] | null {
  if (table === undefined) return null;
  const names = table.columnDescriptors.map(({ name }) => name);
  if (!meterColumns.every((name) => names.includes(name))) return null;
  return table.rows.map((row) => toMeterRow((name) => row[names.indexOf(name)]));
}

/** Calls and callers are logged apart; before both have come, a call looks as if it were booked on nobody. */
function lacksCallers(table: AnsweredTable | undefined): boolean {
  const column = table?.columnDescriptors.findIndex(({ name }) => name === 'isCallerLogged') ?? -1;
  return column >= 0 && (table?.rows.some((row) => row[column] !== true && row[column] !== 1) ?? false);
}

function toMeterRow(cell: (name: string) => unknown): MeterRow {
  const minute = cell('minute');
  const ids = [cell('correlationId'), cell('requestId')].filter((id) => typeof id === 'string' && id !== '');
  return {
    subscriptionId: textOf(cell('subscription')),
    requests: numberOf(cell('requests')),
    promptTokens: numberOf(cell('promptTokens')),
    completionTokens: numberOf(cell('completionTokens')),
    totalTokens: numberOf(cell('totalTokens')),
    ...(minute instanceof Date && { minuteMs: minute.getTime() }),
    ...(ids.length > 0 && { callIds: ids.map(String) }),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Long numbers may come as text; a sum of nothing is null. */
function numberOf(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

function reasonOf(cause: unknown, identity: string): string {
  const status = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'statusCode') : undefined;
  if (Number(status) === 429) return 'Azure Monitor is throttling queries (429)';
  if (Number(status) === 401 || Number(status) === 403) {
    return `Azure Monitor refused ${identity} (${status}); give it Log Analytics Reader on the workspace`;
  }
  if (status !== undefined) return `Azure Monitor refused the query (status ${status})`;
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'AbortError' || name === 'TimeoutError') return 'Azure Monitor did not answer in time';
  if (/Credential/.test(name)) return 'no identity to ask Azure Monitor with; give the app a managed identity';
  return `no answer from Azure Monitor (${codeOf(cause) || name || 'unknown'})`;
}

/**
 * What the host and the app's process tell each other (Node's IPC, structured clone), and the platform's own shapes
 * for data that goes to and comes from a function. The shapes are those that `@azure/functions` 4.16 reads and writes.
 */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: RpcHttpRequest | RpcHttpResponse;
}

export interface Nullable<Value> {
  readonly value?: Value;
}

export interface RpcHttpRequest {
  /** Absolute. */
  readonly url: string;
  readonly method: string;
  readonly nullableHeaders: Readonly<Record<string, Nullable<string>>>;
  readonly nullableQuery: Readonly<Record<string, Nullable<string>>>;
  readonly nullableParams: Readonly<Record<string, Nullable<string>>>;
  readonly body?: { readonly bytes: Uint8Array };
}

export interface RpcCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: Nullable<string>;
  readonly path?: Nullable<string>;
  readonly expires?: Nullable<{ readonly seconds: number }>;
  readonly secure?: Nullable<boolean>;
  readonly httpOnly?: Nullable<boolean>;
  /** 'none' means unset, 'explicitNone' means SameSite=None. */
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  readonly maxAge?: Nullable<number>;
}

export interface RpcHttpResponse {
  readonly statusCode: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly RpcCookie[];
  readonly body?: TypedData | null;
}

export interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
  readonly [option: string]: unknown;
}

export interface RetryOptions {
  readonly maxRetryCount: number;
  readonly retryStrategy: 'fixedDelay' | 'exponentialBackoff';
  readonly delayInterval?: { readonly seconds: number };
  readonly minimumInterval?: { readonly seconds: number };
  readonly maximumInterval?: { readonly seconds: number };
}

/** What the library registers for one function. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RetryOptions;
}

export interface NamedData {
  readonly name: string;
  readonly data: TypedData;
}

export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception?: { readonly message: string; readonly source: string; readonly stackTrace: string };
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly NamedData[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string };
  readonly retryContext?: RetryContext;
}

export interface InvocationResponse {
  readonly returnValue?: TypedData | null;
  readonly outputData: readonly NamedData[];
}

export interface ReportedError {
  readonly message: string;
  readonly stack: string;
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical';

export type ToWorker =
  | { readonly kind: 'load'; readonly appFolder: string; readonly main: string }
  | { readonly kind: 'invoke'; readonly request: InvocationRequest }
  | { readonly kind: 'terminate' };

export type FromWorker =
  | { readonly kind: 'loaded'; readonly functions: readonly FunctionMetadata[] }
  | { readonly kind: 'load-failed'; readonly error: ReportedError }
  | { readonly kind: 'succeeded'; readonly invocationId: string; readonly response: InvocationResponse }
  | { readonly kind: 'failed'; readonly invocationId: string; readonly error: ReportedError }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly category: 'user' | 'system';
      readonly message: string;
      readonly invocationId?: string;
      readonly functionName?: string;
    };

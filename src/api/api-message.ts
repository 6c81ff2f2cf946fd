/** A request without its host: what a route needs to know. */
export interface ApiRequest {
  readonly method: string;
  /** The address that the caller used, query included. */
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  /** Text of the body; empty where there is none. */
  readonly body: string;
  /** The header If-None-Match. */
  readonly ifNoneMatch?: string;
  /** Of this invocation: what an error answers instead of its text, and what the log finds it by. */
  readonly requestId: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What went wrong with us, for the log only. */
  readonly fault?: unknown;
}

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

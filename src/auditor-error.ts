/** What can be wrong with us, as opposed to with a gateway. A gateway's trouble is a field of an Exchange. */
export type AuditorErrorCode =
  | 'bad-usage'
  | 'config-invalid'
  | 'config-unreadable'
  | 'setting-missing'
  | 'bad-request'
  | 'not-found'
  | 'conflict'
  | 'budget-spent'
  | 'message-unusable'
  | 'storage-unavailable'
  | 'storage-refused'
  | 'storage-corrupt'
  | 'program-error';

/**
 * The one error class of this program. The message says what failed, on what, and what to do; it never holds a key
 * or a prompt. `problems` lists every single problem where several were found at once (a configuration, a request).
 */
export class AuditorError extends Error {
  override readonly name = 'AuditorError';

  constructor(
    readonly code: AuditorErrorCode,
    message: string,
    readonly details: {
      readonly cause?: unknown;
      readonly problems?: readonly string[];
      readonly location?: string;
      /** When it may be worth trying again. */
      readonly retryAfterSeconds?: number;
    } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
  }
}

/** The API of the gateway that a probe uses. */
export type Surface = 'chat' | 'responses' | 'embeddings';

/** Whose key a probe shows: the customer's, none at all, or one that no customer has. */
export type Credential = 'customer' | 'none' | 'wrong';

/** What a check asks to be sent. Pure data: neither text nor key is in it. */
export interface ProbeRequest {
  /** The step of the check that it belongs to, for people and for judging ("first", "coarse", "refused" …). */
  readonly step: string;
  readonly surface: Surface;
  /** The deployment; the gateway's own where absent. */
  readonly deployment?: string;
  readonly streamed: boolean;
  readonly credential: Credential;
  /** Whose key, where it is not the audited customer's (isolation). */
  readonly customerId?: string;
  /** Prompt size aimed at, chat overhead included; tokens. */
  readonly promptTokens: number;
  /** Completion cap; tokens. */
  readonly maxCompletionTokens: number;
}

/** Why there is no usable answer. A refusal with a readable body is an answer, not an error. */
export type ExchangeErrorKind =
  | 'dns'
  | 'connect'
  | 'tls'
  | 'reset'
  | 'connect-timeout'
  | 'headers-timeout'
  | 'body-timeout'
  | 'headers-too-large'
  | 'body-too-large'
  | 'wrong-length'
  | 'bad-encoding'
  | 'not-json'
  | 'protocol';

/**
 * Who refused, told by body and headers: the gateway's token limit, its token quota, another limit of the gateway
 * (call rate, capacity), the model behind it; `unknown` where neither shows.
 */
export type RefusedBy = 'gateway-token-limit' | 'gateway-quota' | 'gateway-other' | 'model' | 'unknown';

export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
}

/**
 * The record of one probe and its answer: the one thing that travels through judging, summary, storage and display.
 * Times are epoch milliseconds of a clock that never runs backwards within a process. No key and no prompt is in it.
 */
export interface Exchange {
  /** Number of the probe in its audit, from 1 (sent as `x-audit-probe`). */
  readonly probe: number;
  readonly asked: ProbeRequest;
  /** Upper bound of what it can cost: prompt bound + completion cap; tokens. */
  readonly boundTokens: number;
  /** When it was to be sent, when it was, when the headers came, when the last byte came or the trouble was seen. */
  readonly intendedMs: number;
  /** When we began to send it; from then until `sentMs` the connection was made. Absent where none had to be. */
  readonly begunMs?: number;
  readonly sentMs: number;
  readonly headersMs: number | null;
  readonly receivedMs: number;
  /** HTTP status; null when no status line came. */
  readonly status: number | null;
  readonly error: { readonly kind: ExchangeErrorKind; readonly detail: string } | null;
  /** What a model reported in the body. */
  readonly usage: TokenUsage | null;
  /** The gateway's own headers, read as numbers by the names declared; null when absent or unreadable. */
  readonly consumedTokens: number | null;
  readonly remainingTokens: number | null;
  readonly remainingQuotaTokens: number | null;
  /** The wait that the declared Retry-After header promises (seconds or date); milliseconds; null when absent or unreadable. */
  readonly retryAfterMs: number | null;
  /** The wait that the refusal's message names ("Try again in 29 seconds"), with the smallest unit that it prints; ms. */
  readonly messageWait: { readonly waitMs: number; readonly unitMs: number } | null;
  /** Value of the backend header. */
  readonly backend: string | null;
  /** Null where the exchange is no refusal (only 403 and 429 are). */
  readonly refusedBy: RefusedBy | null;
  /** First 1,000 characters of what a refusal or error body says. */
  readonly message: string | null;
  /** The headers that matter, lower-cased, at most 2 KB together. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set where the answer came as a stream of events that held some of the model's words. */
  readonly stream?: StreamTimes;
  /** Set where a customer's SDK sent it, as one attempt of a call. */
  readonly sdk?: SdkAttempt;
}

/** When the first and the last event that holds words of the model had come whole (epoch ms), and how many there were. */
export interface StreamTimes {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly events: number;
}

/** One attempt of a call that a customer's SDK made; only the last of a call has the outcome. */
export interface SdkAttempt {
  /** Number of the call in its audit, from 1, and of the attempt in the call, from 0 (the SDK's own retry count). */
  readonly call: number;
  readonly attempt: number;
  readonly outcome?: SdkOutcome;
}

/** What the SDK's caller saw of a call. */
export interface SdkOutcome {
  /** From the call to its end, waits included; ms. */
  readonly tookMs: number;
  /** The SDK's own name of the error ("RateLimitError"); null: the caller got an answer. */
  readonly error: string | null;
  /** Whether the text that the gateway explains its refusal with reached the caller; null where there was none. */
  readonly keptMessage: boolean | null;
}

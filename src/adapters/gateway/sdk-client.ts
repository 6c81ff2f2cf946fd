import { AuditorError } from '../../auditor-error';
import type { Exchange, SdkOutcome } from '../../probe/exchange';
import type { CallSdk, ProbeOrder } from '../../probe/gateway';
import type { HttpAnswer } from './record-answer';

/** How one call of the SDK is made and its attempts are recorded. */
export interface SdkCallOptions {
  /** The body of the call as parsed JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly gateway: SdkGateway;
  /** Headers that say what the call is, and that show the key where the gateway wants it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly post: (post: {
    readonly url: URL;
    readonly headers: Record<string, string>;
    readonly body: string;
  }) => Promise<HttpAnswer>;
  readonly record: (order: ProbeOrder, answer: HttpAnswer) => Exchange;
  readonly nowMs: () => number;
}

export interface SdkGateway {
  readonly api: 'deployments' | 'v1';
  readonly endpoint: string;
  readonly deployment: string;
  readonly apiVersion?: string;
  /** A key, or a token of Entra's. */
  readonly secret: string;
  readonly isEntra: boolean;
}

/**
 * One call with OpenAI's own client and its default retries. Its `fetch` is ours, so that each attempt goes over the
 * same wire as a probe and is recorded like one; the client decides by itself whether and when it tries again.
 */
export async function callWithSdk(
  order: Parameters<CallSdk>[0],
  options: SdkCallOptions,
): Promise<readonly Exchange[]> {
  const { nowMs } = options;
  const attempts: Exchange[] = [];
  const ownFaults: unknown[] = [];
  const beganMs = nowMs();

  const fetchAttempt = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const attempt = attempts.length;
    const intendedMs = attempt === 0 ? order.intendedMs : nowMs();
    const headers = {
      ...Object.fromEntries(new Headers(init?.headers ?? {})),
      'accept-encoding': 'identity',
      'x-audit-probe': String(order.probe + attempt),
    };
    const url = new URL(input instanceof Request ? input.url : input);
    const answer = await options.post({ url, headers, body: String(init?.body ?? '') }).catch((error: unknown) => {
      ownFaults.push(error);
      throw error;
    });
    const exchange = options.record({ ...order, probe: order.probe + attempt, intendedMs }, answer);
    attempts.push({ ...exchange, sdk: { call: order.call, attempt } });
    // A client of the platform's fetch sees nothing but this, whatever the network did.
    if (answer.status === null || answer.error !== null) throw new TypeError('fetch failed');
    return toResponse(answer);
  };

  const error = await openClient(options, fetchAttempt)
    .then((client) => client.chat.completions.create(chatBodyOf(options)))
    .then(
      () => null,
      (cause: unknown) => cause,
    );
  if (ownFaults[0] !== undefined) throw ownFaults[0];
  const last = attempts.at(-1);
  if (last === undefined) throw noAttempt(order, error);
  const outcome: SdkOutcome = {
    tookMs: nowMs() - beganMs,
    error: error === null ? null : nameOf(error),
    keptMessage: error === null || last.message === null ? null : keepsMessage(error, last.message),
  };
  return [...attempts.slice(0, -1), { ...last, sdk: { call: order.call, attempt: attempts.length - 1, outcome } }];
}

/** The library is loaded with the first call: no other check needs it. */
async function openClient({ gateway, headers }: SdkCallOptions, fetch: typeof globalThis.fetch) {
  const { AzureOpenAI, OpenAI } = await import('openai');
  const { api, endpoint, deployment, apiVersion, secret, isEntra } = gateway;
  // OPENAI_LOG=debug would write prompts into our log.
  const shared = { fetch, defaultHeaders: headers, logLevel: 'off' } as const;
  if (api === 'v1')
    return new OpenAI({ ...shared, baseURL: endpoint, apiKey: secret, organization: null, project: null });
  const credential = isEntra ? { azureADTokenProvider: async () => secret } : { apiKey: secret };
  return new AzureOpenAI({ ...shared, ...credential, endpoint, deployment, apiVersion: apiVersion ?? '' });
}

function chatBodyOf({ body, gateway }: SdkCallOptions) {
  // Our own probe body, whose form is the API's.
  return {
    ...body,
    model: gateway.deployment,
    stream: false,
  } as unknown as import('openai').OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
}

/** The Fetch standard's "null body status": a Response of one of them cannot be made with a body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

function toResponse({ status, headers, body }: HttpAnswer): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')] as [string, string]],
  );
  const hasBody = !bodiless.has(status ?? 0);
  return new Response(hasBody ? new Uint8Array(body) : null, { status: status ?? 500, headers: pairs });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : 'unknown';
}

/** Whether the caller could read what the gateway said; its beginning is enough. */
function keepsMessage(error: unknown, message: string): boolean {
  return error instanceof Error && error.message.includes(message.slice(0, 60));
}

function noAttempt(order: ProbeOrder, cause: unknown): AuditorError {
  return new AuditorError('bad-usage', `Cannot call with the SDK in audit ${order.auditId}: it sent nothing.`, {
    cause,
  });
}

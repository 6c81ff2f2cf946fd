import { createHmac } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import type { AlertMessage } from '../audit/alerts/alert-store';
import type { WebhookAnswer } from '../audit/alerts/deliver-alert';
import { codeOf } from './gateway/exchange-error';
import { openDispatcher, type Proxies } from './gateway/gateway-dispatcher';

export interface WebhookTarget {
  readonly url: string;
  /** Base64 of the secret's bytes, with or without `whsec_` before it; null: events go unsigned. */
  readonly secret: string | null;
}

/** How long a webhook may take in all; Standard Webhooks advises 15 to 30 s. */
const defaultTimeoutMs = 15_000;

/**
 * Posts an event to a webhook, once, in CloudEvents' structured mode. No redirect is followed: an alert goes to the
 * address that was configured, and nowhere else. What comes back beside status and Retry-After is not read.
 *
 * Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md) is the scheme of the
 * three headers: HMAC-SHA256 over `id.timestamp.body`, in base64, after `v1,`.
 */
export async function postToWebhook(
  { url, secret }: WebhookTarget,
  event: AlertMessage['event'],
  options: { readonly nowMs: number; readonly version: string; readonly proxies: Proxies; readonly timeoutMs?: number },
): Promise<WebhookAnswer> {
  const body = JSON.stringify(event);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  let dispatcher: Dispatcher | undefined;
  try {
    const target = new URL(url);
    dispatcher = openDispatcher(target, {
      connectMs: timeoutMs,
      connections: 'one-a-probe',
      proxies: options.proxies,
    });
    const answer = await request(target, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'user-agent': `gateway-audit/${options.version}`,
        ...signedHeaders(event.id, body, { nowMs: options.nowMs, secret }),
      },
      body,
      signal: timeout,
      dispatcher,
    });
    answer.body.on('error', () => undefined).destroy();
    const retryAfter = answer.headers['retry-after'];
    return { status: answer.statusCode, retryAfter: typeof retryAfter === 'string' ? retryAfter : null, trouble: null };
  } catch (cause) {
    const trouble = timeout.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : `no answer (${codeOf(cause) || 'unknown'})`;
    return { status: null, retryAfter: null, trouble };
  } finally {
    await dispatcher?.destroy();
  }
}

/** The headers of Standard Webhooks; the id is there without a secret too, since it tells doubles apart. */
function signedHeaders(
  id: string,
  body: string,
  { nowMs, secret }: { readonly nowMs: number; readonly secret: string | null },
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

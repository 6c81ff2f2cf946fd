import type { Clock } from '../../probe/clock';
import { retryAfterMsOf } from '../../probe/retry-after';
import type { CloudEvent } from './alert-event';
import type { AlertMessage, AlertStore } from './alert-store';

/** What came of one request to a webhook. */
export interface WebhookAnswer {
  /** Null: no status line came. */
  readonly status: number | null;
  readonly retryAfter: string | null;
  /** Where there is no status, why. */
  readonly trouble: string | null;
}

/** Posts an event to the webhook whose address that setting holds; null where none is configured by that name. */
export type PostToWebhook = (webhook: string, event: CloudEvent) => Promise<WebhookAnswer | null>;

export type AlertOutcome =
  | { readonly outcome: 'told' }
  | { readonly outcome: 'told-before' }
  | { readonly outcome: 'put-back'; readonly because: string; readonly delayMs: number }
  | { readonly outcome: 'given-up'; readonly because: string };

export interface DeliverySetting {
  readonly alerts: AlertStore;
  readonly post: PostToWebhook;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** How long to wait before each further try: Standard Webhooks' advice, three days in all. */
const retryDelaysMs: readonly number[] = [
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];

const longestDelayMs = 24 * hourMs;
/** Longer than a request may take, so that nobody takes over what is under way. */
const takenForMs = minuteMs;

/** Gone: do not ask again (CloudEvents' webhooks, Standard Webhooks). Unsupported media type: it will never take events. */
const finalStatuses = [410, 415];

/**
 * Sends one event to one webhook, unless it was told already or another worker is at it. What it does not take (2xx is
 * taking) is put back with a delay and in the end given up. Between a webhook's yes and our note of it lies a moment in
 * which a crash lets it be told twice: under one id, by which it can tell.
 */
export async function deliverAlert(message: AlertMessage, setting: DeliverySetting): Promise<AlertOutcome> {
  const { alerts, post, clock } = setting;
  const { webhook, event } = message;
  const delivery = { eventId: event.id, webhook, day: event.time.slice(0, 10) };
  const nowMs = clock.nowMs();
  const taken = await alerts.take(delivery, { nowMs, untilMs: nowMs + takenForMs });
  if (taken === 'told') return { outcome: 'told-before' };
  if (taken === 'busy') return putBack(message, { because: 'another worker is at it', delayMs: takenForMs }, alerts);
  const answer = await post(webhook, event);
  if (answer === null) return { outcome: 'given-up', because: 'no webhook is configured by that name any more' };
  const { status } = answer;
  if (status !== null && status >= 200 && status <= 299) {
    await alerts.setTold(delivery);
    return { outcome: 'told' };
  }
  await alerts.release(delivery);
  const because = status === null ? (answer.trouble ?? 'no answer') : `it answered ${status}`;
  const delayMs = delayOf(message, answer, nowMs);
  if (delayMs === null) return { outcome: 'given-up', because };
  return putBack({ ...message, tries: message.tries + 1 }, { because, delayMs }, alerts);
}

/** Null: it is not to be tried again. */
function delayOf({ tries }: AlertMessage, { status, retryAfter }: WebhookAnswer, nowMs: number): number | null {
  const delayMs = retryDelaysMs[tries];
  if (delayMs === undefined || (status !== null && finalStatuses.includes(status))) return null;
  const askedMs = retryAfter === null ? null : retryAfterMsOf(retryAfter, { date: null, nowMs });
  return Math.min(longestDelayMs, Math.max(delayMs, askedMs ?? 0));
}

async function putBack(
  message: AlertMessage,
  { because, delayMs }: { readonly because: string; readonly delayMs: number },
  alerts: AlertStore,
): Promise<AlertOutcome> {
  await alerts.send(message, delayMs);
  return { outcome: 'put-back', because, delayMs };
}

import type { CloudEvent } from './alert-event';

/** One message of the queue `audit-alerts`: one event for one webhook. */
export interface AlertMessage {
  /** The name of the setting that holds the webhook's address. */
  readonly webhook: string;
  readonly event: CloudEvent;
  /** How often it has been sent in vain. */
  readonly tries: number;
}

/** One event to one webhook. */
export interface AlertDelivery {
  readonly eventId: string;
  readonly webhook: string;
  /** UTC day of the event, by which deliveries are purged. */
  readonly day: string;
}

export interface AlertStore {
  /** Sends a message that becomes visible after `delayMs`. */
  send(message: AlertMessage, delayMs?: number): Promise<void>;
  /** Takes a delivery until `untilMs`: told where the webhook has had it, busy while another worker is at it. */
  take(
    delivery: AlertDelivery,
    time: { readonly nowMs: number; readonly untilMs: number },
  ): Promise<'taken' | 'told' | 'busy'>;
  /** Gives a delivery back that came to nothing. */
  release(delivery: AlertDelivery): Promise<void>;
  setTold(delivery: AlertDelivery): Promise<void>;
  /** Deletes what is known of days before this one. */
  purgeBefore(day: string): Promise<void>;
}

import { z } from 'zod';
import type { AlertMessage } from '../audit/alerts/alert-store';
import { AuditorError } from '../auditor-error';

/** What of an event decides; what it tells is passed on as it is. */
const messageSchema = z.object({
  webhook: z.string().min(1),
  tries: z.int().min(0),
  event: z.looseObject({
    specversion: z.literal('1.0'),
    id: z.string().min(1),
    source: z.string(),
    type: z.string(),
    time: z.iso.datetime(),
  }),
});

/** A message of the queue of alerts. Throws `message-unusable`, without repeating what is in it. */
export function readAlert(message: unknown): AlertMessage {
  const alert = messageSchema.safeParse(message);
  // The loose event is one that toAlertEvent made: nothing else writes into this queue.
  if (alert.success) return alert.data as unknown as AlertMessage;
  const problems = alert.error.issues.map(({ path, message: text }) => `${path.join('.') || 'message'}: ${text}`);
  throw new AuditorError('message-unusable', 'Cannot read a message of the queue of alerts.', { problems });
}

import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { TriggerInput } from '../invoke';
import type { TypedData } from '../worker/messages';

/** What a queue function is given: the text, and the message's facts; for a run by hand there are no such facts. */
export function toQueueInput(text: string, message: DequeuedMessageItem | null): TriggerInput {
  const facts: Record<string, TypedData> = message
    ? {
        DequeueCount: { json: String(message.dequeueCount) },
        ExpirationTime: { json: JSON.stringify(message.expiresOn) },
        Id: { string: message.messageId },
        InsertionTime: { json: JSON.stringify(message.insertedOn) },
        NextVisibleTime: { json: JSON.stringify(message.nextVisibleOn) },
        PopReceipt: { string: message.popReceipt },
      }
    : {};
  return { data: { string: text }, metadata: layOver({ QueueTrigger: { string: text }, ...facts }, text) };
}

/**
 * The platform lays the properties of a JSON object message over the metadata, arrays and nulls excepted, ignoring
 * case: a message with `id` hides the queue's own.
 */
function layOver(metadata: Readonly<Record<string, TypedData>>, text: string): Record<string, TypedData> {
  const laid: Record<string, TypedData> = { ...metadata };
  for (const [name, value] of Object.entries(parseObject(text))) {
    if (value === null || Array.isArray(value)) continue;
    for (const hidden of Object.keys(laid)) {
      if (hidden.toLowerCase() === name.toLowerCase()) delete laid[hidden];
    }
    laid[name] = typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) };
  }
  return laid;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : {};
  } catch {
    // Not JSON: plain text has no properties.
    return {};
  }
}

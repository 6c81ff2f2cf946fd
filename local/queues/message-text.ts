import type { QueuesOptions } from '../host-json';

type Encoding = QueuesOptions['messageEncoding'];

export function encodeMessage(text: string, encoding: Encoding): string {
  return encoding === 'base64' ? Buffer.from(text, 'utf8').toString('base64') : text;
}

/** The text of a message, or null where it is not base64 though it should be (the platform poisons such messages). */
export function decodeMessage(stored: string, encoding: Encoding): string | null {
  if (encoding === 'none') return stored;
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(stored);
  return isBase64 ? Buffer.from(stored, 'base64').toString('utf8') : null;
}

import { AuditorError } from '../../auditor-error';

/** `name` is the place without anything secret; `reason` says why, and what to do, without a full stop. */
export function configUnreadable(name: string, reason: string, cause?: unknown): AuditorError {
  return new AuditorError('config-unreadable', `Cannot read the configuration ${name}: ${reason}.`, {
    ...(cause !== undefined && { cause }),
    location: name,
  });
}

/** Some editors put a byte order mark first, which is no JSON. */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

import type { Exchange } from '../../probe/exchange';

/**
 * What an exchange says of whether a customer can get through: a usable answer; a limit or a quota refusal, which is
 * an answer too; the key refused; a gateway that is down; or nothing that decides (a page of HTML, a broken body, a
 * redirect, a wrong path).
 */
export type AnswerKind = 'answered' | 'limited' | 'key-refused' | 'down' | 'undecided';

export function answerKindOf(exchange: Exchange): AnswerKind {
  const { status, error, refusedBy } = exchange;
  if (status === null || status >= 500) return 'down';
  // Whatever the status says: something between us and the gateway may have written it, or it broke off.
  if (error !== null) return 'undecided';
  if (status === 429 || refusedBy === 'gateway-quota') return 'limited';
  if (status === 401 || status === 403) return 'key-refused';
  if (status >= 200 && status < 300) return 'answered';
  return 'undecided';
}

/** "status 502" or "no answer (reset)", for people. */
export function describeAnswer(exchange: Exchange): string {
  if (exchange.status === null) return `no answer (${exchange.error?.kind ?? 'unknown'})`;
  return exchange.error === null ? `status ${exchange.status}` : `status ${exchange.status} (${exchange.error.kind})`;
}

import { createHash } from 'node:crypto';
import type { HistoryFilter } from '../../audit/ports';
import { AuditorError } from '../../auditor-error';

/**
 * The continuation token of a history's page: the table's own, bound to the customer and the filter it was made for. The
 * binding catches a token that was mixed up or edited, and needs no secret: whatever a token says, the query asks for
 * one customer's reports only.
 */
export type TokenScope = Pick<HistoryFilter, 'check' | 'verdict' | 'from' | 'to'> & { readonly customerId: string };

export function toHistoryToken(tableToken: string, scope: TokenScope): string {
  return Buffer.from(JSON.stringify([tableToken, bindingOf(tableToken, scope)])).toString('base64url');
}

/** Throws `bad-request` for a token that is not of this customer and filter. */
export function fromHistoryToken(token: string, scope: TokenScope): string {
  const [tableToken, binding] = parsed(token);
  const isOurs = typeof tableToken === 'string' && binding === bindingOf(tableToken, scope);
  if (isOurs && isTableToken(tableToken)) return tableToken;
  throw foreignToken(scope.customerId);
}

export function foreignToken(customerId: string): AuditorError {
  return new AuditorError(
    'bad-request',
    `Cannot continue the list of audits of customer ${customerId}: the continuationToken is not one of this customer's with these filters. Start again without it.`,
  );
}

/** The SDK's form, base64 of JSON with two texts; it throws a plain error for anything else. Anyone can make the binding. */
function isTableToken(tableToken: string): boolean {
  try {
    const { nextPartitionKey, nextRowKey = '' } = JSON.parse(Buffer.from(tableToken, 'base64').toString('latin1'));
    return typeof nextPartitionKey === 'string' && typeof nextRowKey === 'string';
  } catch {
    // No JSON, or null.
    return false;
  }
}

function parsed(token: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    // What is no JSON is no token of ours either: the caller says so.
    return [];
  }
}

function bindingOf(tableToken: string, { customerId, check, verdict, from, to }: TokenScope): string {
  const bound = JSON.stringify([tableToken, customerId, check ?? null, verdict ?? null, from ?? null, to ?? null]);
  return createHash('sha256').update(bound).digest('base64url').slice(0, 16);
}

import { AuditorError } from '../../auditor-error';
import { codeOf } from '../gateway/exchange-error';

const readerRole = 'API Management Service Reader Role';

/**
 * Why Azure Resource Manager did not answer a question, for people: who was refused what, and which role would do. Its
 * own message names the identity, else its token does; no more than that is taken from either.
 */
export function explainArmTrouble(
  error: unknown,
  { resourceId, identity }: { readonly resourceId: string; readonly identity: string },
): string {
  if (error instanceof AuditorError) return error.message;
  const status = Number(fieldOf(error, 'statusCode') ?? Number.NaN);
  const message = error instanceof Error ? error.message : '';
  if (status === 403) {
    const [, objectId] = /object id '([0-9a-z-]+)'/i.exec(message) ?? [];
    const [, action] = /perform action '([A-Za-z./]+)'/i.exec(message) ?? [];
    const who = objectId === undefined ? identity : `the identity with object id ${objectId}`;
    return `${who} may not read it (403${action === undefined ? '' : `, ${action}`}); give it ${readerRole} on ${resourceId}`;
  }
  if (status === 401)
    return "Azure Resource Manager refused the app's token (401); sign in to the service's own tenant";
  if (status === 404) return `it is not there (404) in ${resourceId}`;
  if (status === 429) return 'Azure Resource Manager is throttling (429)';
  if (status >= 200 && status < 300) return 'the answer is of an unknown form';
  if (Number.isFinite(status)) return `Azure Resource Manager refused the question (status ${status})`;
  const name = error instanceof Error ? error.name : '';
  if (['ZodError', 'TypeError', 'SyntaxError'].includes(name)) return 'the answer is of an unknown form';
  if (name === 'AbortError' || name === 'TimeoutError') return 'Azure Resource Manager did not answer in time';
  if (/Credential|Authentication/.test(name)) {
    return 'no identity to ask Azure Resource Manager with; give the app a managed identity, or sign in with "az login"';
  }
  return `no answer from Azure Resource Manager (${codeOf(error) || name || 'unknown'})`;
}

export function isNotFound(error: unknown): boolean {
  return Number(fieldOf(error, 'statusCode')) === 404;
}

function fieldOf(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
}

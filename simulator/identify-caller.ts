import { type Answer, gatewayAnswer } from './answer';
import type { GatewayBehaviour } from './behaviour';
import { type Customer, findByKey } from './customer';
import { type GatewayRequest, splitPath } from './model-request';
import { invalidKeyMessage, missingKeyMessage } from './refusal-text';

interface Door {
  readonly customers: readonly Customer[];
  readonly gateway: GatewayBehaviour;
  readonly keyHeader: string;
}

/**
 * Whose request it is. As in API Management the key is checked before any policy, stands in the configured header, or
 * comes as a bearer token, or as the query's `subscription-key` where neither header is there.
 */
export function identifyCaller(
  request: GatewayRequest,
  { customers, gateway, keyHeader }: Door,
): { readonly customer: Customer } | { readonly refusal: Answer } {
  const [first] = customers;
  const key = readKey(request, keyHeader);
  const own = key === null ? null : findByKey(customers, key);
  if (own) return { customer: own };
  if (key === null && first && !gateway.checksMissingKey) return { customer: first };
  if (key !== null && first && !gateway.checksWrongKey) return { customer: first };
  return { refusal: gatewayAnswer(401, key === null ? missingKeyMessage : invalidKeyMessage) };
}

function readKey(request: GatewayRequest, keyHeader: string): string | null {
  const header = request.headers[keyHeader.toLowerCase()] ?? request.headers.authorization;
  if (header) return header.replace(/^Bearer /i, '');
  return splitPath(request.path).query.get('subscription-key');
}

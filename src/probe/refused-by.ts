import { type AnswerHeaders, type DeclaredHeaderNames, singleHeader, tokenCountHeader } from './answer-headers';
import type { RefusedBy } from './exchange';
import { fieldOf } from './json-value';

/** A refusal as it can be read: `json` is undefined and `message` null where the body has none. */
export interface Refusal {
  readonly status: number;
  readonly json: unknown;
  readonly message: string | null;
  readonly headers: AnswerHeaders;
  readonly declared: DeclaredHeaderNames;
}

/**
 * Headers that Azure OpenAI writes and API Management does not: where one is present, a model was asked. A policy may
 * have given one of these names to a header of its own; such a one says nothing.
 */
const modelHeader =
  /^(x-ms-region|x-ms-deployment-name|x-ms-spillover-.*|x-ms-rai-invoked|x-ratelimit-.*|retry-after-ms|apim-request-id|azureml-model-session|azure-openai-deployment-utilization|openai-.*)$/;

/** Those of them that no operator is known to write by a policy: they contradict a body in the gateway's shape. */
const surelyModelHeader = /^(x-ms-region|x-ms-deployment-name)$/;

/** The token policy's own wording: "Token limit is exceeded", "Token quota is exceeded", "Token quota will exceed". */
const policyWording = /\btokens?\s+(limit|quota)\s+(is|will)\b/i;

/**
 * Who refused: read from the body's shape first (API Management says `statusCode` and `message` at the top, a model
 * an `error` object), then from headers that only one of them writes. Null where the status is neither 403 nor 429;
 * `unknown` where the signs are missing or contradict each other, so that nobody is blamed.
 */
export function refusedByOf(refusal: Refusal): RefusedBy | null {
  const { status, json, message } = refusal;
  if (status !== 403 && status !== 429) return null;
  const modelWasAsked = carries(refusal, modelHeader);
  if (isModelShaped(json)) {
    // An error policy may dress the gateway's own refusal as OpenAI's error; its headers must then bear it out.
    if (modelWasAsked || !policyWording.test(message ?? '')) return 'model';
    return byPolicyHeaders(refusal) ?? 'unknown';
  }
  if (isGatewayShaped(json)) {
    return carries(refusal, surelyModelHeader) ? 'unknown' : byGatewayMessage(status, message ?? '');
  }
  return modelWasAsked ? 'model' : (byPolicyHeaders(refusal) ?? 'unknown');
}

function isModelShaped(json: unknown): boolean {
  const error = fieldOf(json, 'error');
  return typeof error === 'object' && error !== null;
}

function isGatewayShaped(json: unknown): boolean {
  return typeof fieldOf(json, 'statusCode') === 'number' && typeof fieldOf(json, 'message') === 'string';
}

/** "Rate limit is exceeded", "Out of call volume quota" and a refused JSON web token are other limits than tokens'. */
function byGatewayMessage(status: 403 | 429, message: string): RefusedBy {
  const speaksOfTokens = /\btokens?\b/i.test(message);
  if (speaksOfTokens && /\bquota\b/i.test(message)) return 'gateway-quota';
  return speaksOfTokens && status === 429 ? 'gateway-token-limit' : 'gateway-other';
}

function carries({ headers, declared }: Refusal, sign: RegExp): boolean {
  const ownNames = [
    declared.consumedTokens,
    declared.remainingTokens,
    declared.remainingQuotaTokens,
    declared.retryAfter,
  ].map((name) => name?.toLowerCase());
  return Object.keys(headers).some((name) => sign.test(name) && !ownNames.includes(name));
}

/**
 * What the token policy's own headers say about a refusal whose body was rewritten: the declared remaining header at
 * 0 names the limit. It stands on a model's refusal too, so a backend header beside it takes its force away.
 */
function byPolicyHeaders({ status, headers, declared }: Refusal): RefusedBy | null {
  if (singleHeader(headers, declared.backend) !== null) return null;
  if (status === 429 && tokenCountHeader(headers, declared.remainingTokens) === 0) return 'gateway-token-limit';
  if (status === 403 && tokenCountHeader(headers, declared.remainingQuotaTokens) === 0) return 'gateway-quota';
  return null;
}

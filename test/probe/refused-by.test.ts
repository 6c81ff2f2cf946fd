import type { RefusedBy } from '../../src/probe/exchange';
import { type Refusal, refusedByOf } from '../../src/probe/refused-by';

const declared = {
  consumedTokens: 'consumed-tokens',
  remainingTokens: 'remaining-tokens',
  remainingQuotaTokens: 'remaining-quota-tokens',
  retryAfter: 'retry-after',
  backend: 'x-ms-region',
};

interface Case {
  readonly what: string;
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Refusal['headers'];
  readonly declared?: Partial<Refusal['declared']>;
  readonly by: RefusedBy | null;
}

const gateway = (statusCode: number, message: string) => ({ statusCode, message });
const model = (code: string, message: string) => ({ error: { code, message } });
const tokenLimit = 'Token limit is exceeded. Try again in 41 seconds.';
const tokenQuota = 'Token quota is exceeded. Try again in 21 minutes and 33 seconds.';
const modelLimit =
  'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version X have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 12 seconds.';

test.each<Case>([
  { what: 'an answer', status: 200, by: null },
  { what: 'a 401', status: 401, body: gateway(401, 'Access denied due to missing subscription key.'), by: null },
  { what: 'a 503', status: 503, body: gateway(503, 'Service unavailable'), by: null },
  { what: 'the token limit', status: 429, body: gateway(429, tokenLimit), by: 'gateway-token-limit' },
  {
    what: 'the token limit without a time (an estimate that never fits)',
    status: 429,
    body: gateway(429, 'Token limit is exceeded.'),
    by: 'gateway-token-limit',
  },
  {
    what: 'the token limit under a header name like a model’s that is declared as the gateway’s',
    status: 429,
    body: { code: 1 },
    headers: { 'x-ratelimit-remaining-tokens': '0' },
    declared: { remainingTokens: 'X-RateLimit-Remaining-Tokens' },
    by: 'gateway-token-limit',
  },
  { what: 'the token quota', status: 403, body: gateway(403, tokenQuota), by: 'gateway-quota' },
  {
    what: 'the token quota by estimate',
    status: 403,
    body: gateway(403, 'Token quota will exceed. Try again in 23 hours'),
    by: 'gateway-quota',
  },
  { what: 'a token quota mapped to 429', status: 429, body: gateway(429, tokenQuota), by: 'gateway-quota' },
  {
    what: 'a call limit',
    status: 429,
    body: gateway(429, 'Rate limit is exceeded. Try again in 5 seconds.'),
    by: 'gateway-other',
  },
  {
    what: 'a call quota',
    status: 403,
    body: gateway(403, 'Out of call volume quota. Quota will be replenished in 00:12:34.'),
    by: 'gateway-other',
  },
  {
    what: 'a refused web token',
    status: 403,
    body: gateway(403, 'The access token lacks a scope.'),
    by: 'gateway-other',
  },
  { what: 'the capacity throttle', status: 429, body: gateway(429, 'Too many requests.'), by: 'gateway-other' },
  { what: 'a model by its body', status: 429, body: model('429', modelLimit), by: 'model' },
  {
    what: 'a model by its newer body',
    status: 429,
    body: model('RateLimitReached', 'Rate limit of 2000 per 60s exceeded for UserByModelByMinuteOutputTokens.'),
    by: 'model',
  },
  {
    what: 'a model that has nothing left, behind a gateway that has nothing left',
    status: 429,
    body: model('429', modelLimit),
    headers: { 'remaining-tokens': '0' },
    by: 'model',
  },
  { what: 'a model by its headers', status: 429, headers: { 'x-ms-region': 'East US' }, by: 'model' },
  {
    what: 'the token limit dressed as OpenAI’s error, borne out by its header',
    status: 429,
    body: model('TokenLimit', tokenLimit),
    headers: { 'remaining-tokens': '0' },
    by: 'gateway-token-limit',
  },
  {
    what: 'the token limit dressed as OpenAI’s error, borne out by nothing',
    status: 429,
    body: model('TokenLimit', tokenLimit),
    by: 'unknown',
  },
  {
    what: 'a body of the gateway’s with a header of a model’s',
    status: 429,
    body: gateway(429, tokenLimit),
    headers: { 'x-ms-region': 'East US' },
    by: 'unknown',
  },
  { what: 'an empty body', status: 429, by: 'unknown' },
  {
    what: 'an empty body with nothing remaining',
    status: 429,
    headers: { 'remaining-tokens': '0' },
    by: 'gateway-token-limit',
  },
  {
    what: 'an empty body with something remaining',
    status: 429,
    headers: { 'remaining-tokens': '7' },
    by: 'unknown',
  },
  {
    what: 'an empty body with nothing remaining, from a backend named by the operator’s header',
    status: 429,
    headers: { 'remaining-tokens': '0', 'x-backend': 'a' },
    declared: { backend: 'x-backend' },
    by: 'unknown',
  },
  {
    what: 'an empty body with no quota remaining',
    status: 403,
    headers: { 'remaining-quota-tokens': '0' },
    by: 'gateway-quota',
  },
  { what: 'a 403 of another kind', status: 403, body: { title: 'Forbidden' }, by: 'unknown' },
])('$what: $by', ({ status, body, headers = {}, by, ...rest }) => {
  const said = body as { message?: string; error?: { message: string } } | undefined;
  const refusal: Refusal = {
    status,
    json: body,
    message: said?.message ?? said?.error?.message ?? null,
    headers,
    declared: { ...declared, ...rest.declared },
  };
  expect(refusedByOf(refusal)).toBe(by);
});

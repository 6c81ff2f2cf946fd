import type { PolicyElement } from './policy-element';

/** What may hold something of ours. */
const containers = [
  'policies',
  'fragment',
  'inbound',
  'backend',
  'outbound',
  'choose',
  'when',
  'otherwise',
  'retry',
  'limit-concurrency',
];

const tokenLimits = ['azure-openai-token-limit', 'llm-token-limit'];
const tokenMetrics = ['azure-openai-emit-token-metric', 'llm-emit-token-metric'];
/** Of whatever somebody counts, tokens perhaps. */
const anyMetric = 'emit-metric';
const kept = new Set([
  ...containers,
  ...tokenLimits,
  ...tokenMetrics,
  anyMetric,
  'dimension',
  'base',
  'include-fragment',
  'set-backend-service',
]);

export function isTokenLimit({ name }: PolicyElement): boolean {
  return tokenLimits.includes(name);
}

/** Whether one stands anywhere in it; fragments apart. */
export function holdsTokenLimit(element: PolicyElement): boolean {
  return isTokenLimit(element) || element.children.some(holdsTokenLimit);
}

export function isTokenMetric({ name }: PolicyElement): boolean {
  return tokenMetrics.includes(name);
}

/** Whether a metric of any other kind stands anywhere in it; fragments apart. */
export function holdsAnyMetric(element: PolicyElement): boolean {
  return element.name === anyMetric || element.children.some(holdsAnyMetric);
}

/**
 * Of a policy only what token limits, metrics, retries and backends are decided by: all else stays in the gateway,
 * since policies hold keys in headers and bodies. What looks like a key in what is kept is cut out, too.
 */
export function outlineOf(element: PolicyElement): PolicyElement {
  const attributes = Object.entries(element.attributes).map(([name, value]) => [name, withoutKeys(value)]);
  return {
    name: element.name,
    attributes: Object.fromEntries(attributes),
    children: element.children.filter(({ name }) => kept.has(name)).map(outlineOf),
  };
}

/** Runs of letters and digits that no name or number has: 32 hexadecimal digits, or 24 with both cases and digits. */
export function withoutKeys(text: string): string {
  return text.replace(/[A-Za-z0-9+/_-]{24,}={0,2}/g, (run) => (looksLikeKey(run) ? '[key]' : run));
}

function looksLikeKey(run: string): boolean {
  const isMixed = /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
  return isMixed || /^[0-9a-f]{32,}$/i.test(run);
}

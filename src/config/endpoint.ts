/** Parameters of queries that stand for whoever knows them: function keys, shared access signatures, tokens. */
const credentialNames = /^(code|sig|signature|key|.*[-_]?(api-?key|subscription-key|token|secret|password))$/i;

/** What is wrong with an address that probes or a meter are to ask; null if nothing. Never repeats the address. */
export function urlProblem(text: string): string | null {
  if (!URL.canParse(text)) return 'expected an address such as https://contoso.azure-api.net/aoai';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'expected an http or https address';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials; name a setting as the key instead';
  return null;
}

/** The same for an address that is written into the configuration, and so into every report. */
export function shownUrlProblem(text: string): string | null {
  const problem = urlProblem(text);
  if (problem) return problem;
  const names = [...new URL(text).searchParams.keys()];
  return names.some((name) => credentialNames.test(name))
    ? 'must not hold a key or a signature in its query: the address is shown in reports'
    : null;
}

/** The same for a gateway's endpoint: the part before the path that a probe appends. */
export function endpointProblem(text: string, api: 'deployments' | 'v1'): string | null {
  const problem = urlProblem(text);
  if (problem) return problem;
  const url = new URL(text);
  if (url.search !== '' || url.hash !== '') return 'must end with the path, without a query or a fragment';
  if (api === 'deployments' && /\/openai\/deployments(\/|$)/.test(url.pathname)) {
    return 'is what stands before /openai/deployments/…; leave that part away';
  }
  if (/\/chat\/completions\/*$/.test(url.pathname))
    return 'is what stands before /chat/completions; leave that part away';
  return null;
}

/** Without the slashes at its end, so that a path can be appended. */
export function withoutTrailingSlashes(endpoint: string): string {
  return endpoint.replace(/\/+$/, '');
}

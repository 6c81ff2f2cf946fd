import { createHash } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import { codeOf } from '../gateway/exchange-error';
import { openDispatcher } from '../gateway/gateway-dispatcher';
import { growingBytes } from '../gateway/growing-bytes';
import { identityIn } from '../token-identity';
import type { ConfigAccess, ConfigSource, ConfigText } from './config-source';
import { configUnreadable, withoutByteOrderMark } from './config-text';

export interface ConfigAddressOptions extends ConfigAccess {
  readonly dispatcher?: Dispatcher;
  /** In all, from asking to the last byte. Default 5 s: whoever asks for the app waits for it. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 5_000;
const maxBytes = 4 * 1024 * 1024;
/** Blob storage takes tokens from this version of its API on (2017-11-09), and any later one. */
const storageApiVersion = '2024-11-04';
const storageScope = 'https://storage.azure.com/.default';

/**
 * A configuration at an address. A blob is read as the app's identity, unless the address brings a signature (SAS);
 * any other address without credentials. Only over TLS, since whoever can change a configuration says where keys are
 * sent; plain HTTP is for this machine. No redirect is followed: it would carry the token, or the trust, elsewhere.
 */
export function openConfigAddress(location: string, options: ConfigAddressOptions): ConfigSource {
  const name = (location.split(/[?#]/)[0] ?? '').replace(/\/\/[^/]*@/, '//');
  if (!URL.canParse(location)) throw configUnreadable(name, 'it is no address');
  const url = new URL(location);
  if (url.username !== '' || url.password !== '') {
    throw configUnreadable(name, 'a name or a password stands in it; use a signature (SAS) or the identity instead');
  }
  if (url.protocol !== 'https:' && !isThisMachine(url.hostname)) {
    throw configUnreadable(name, 'it would travel without TLS; write https');
  }
  const dispatcher =
    options.dispatcher ??
    openDispatcher(url, { connectMs: defaultTimeoutMs, connections: 'kept', proxies: options.proxies });
  const asIdentity = isAzureBlob(url) && !url.searchParams.has('sig');

  async function read(knownVersion: string | null): Promise<ConfigText | null> {
    const token = asIdentity ? await options.tokenOf(storageScope) : null;
    const answer = await ask(url, { token, knownVersion }, { ...options, dispatcher }).catch((cause: unknown) => {
      throw configUnreadable(name, `no answer came (${codeOf(cause) || nameOf(cause)}); is the address right`, cause);
    });
    if (answer.status === 304) return null;
    if (answer.status !== 200) throw configUnreadable(name, refusalText(answer, { url, token }));
    if (answer.body === null) throw configUnreadable(name, 'it is larger than 4 MiB');
    const text = answer.body.toString('utf8');
    const version = answer.etag ?? createHash('sha256').update(text).digest('hex');
    return version === knownVersion ? null : { text: withoutByteOrderMark(text), version };
  }

  return { name, isShared: true, read };
}

interface Asked {
  readonly token: string | null;
  readonly knownVersion: string | null;
}

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  /** Storage's own word for what is wrong. */
  readonly errorCode: string | null;
  /** Null where there is too much of it. */
  readonly body: Buffer | null;
}

async function ask(
  url: URL,
  { token, knownVersion }: Asked,
  options: { readonly dispatcher: Dispatcher; readonly timeoutMs?: number },
): Promise<Answer> {
  const { statusCode, headers, body } = await request(url, {
    headers: {
      accept: 'application/json, */*',
      ...(isStorage(url) && { 'x-ms-version': storageApiVersion }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(knownVersion !== null && { 'if-none-match': knownVersion }),
    },
    signal: AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs),
    dispatcher: options.dispatcher,
  });
  const kept = growingBytes(maxBytes);
  let isTooLarge = false;
  for await (const part of body) {
    isTooLarge = kept.add(part) === null;
    if (isTooLarge) break;
  }
  return {
    status: statusCode,
    etag: oneOf(headers.etag),
    errorCode: oneOf(headers['x-ms-error-code']),
    body: isTooLarge ? null : kept.bytes(),
  };
}

function refusalText({ status, errorCode }: Answer, { url, token }: { url: URL; token: string | null }): string {
  const code = errorCode !== null && /^\w{1,80}$/.test(errorCode) ? `${status}, ${errorCode}` : `${status}`;
  if (status === 404) return `there is nothing at that address (${code})`;
  if (status >= 300 && status < 400) return `it answers with a redirect (${code}), which is not followed`;
  if (status !== 401 && status !== 403) return `it answered ${code}`;
  if (token !== null) {
    return `it refused ${identityIn(token)} (${code}); give it the role Storage Blob Data Reader on the container, and check that the account allows this network`;
  }
  return url.searchParams.has('sig')
    ? `it refused the signature in the address (${code}); is it over, or does it lack the permission to read`
    : `it asks for credentials (${code}), and none are sent to an address that is no Azure blob`;
}

/** Of all Azure clouds. */
function isAzureBlob({ hostname }: URL): boolean {
  return /^[a-z0-9]+\.(z\d+\.blob\.storage\.azure\.net|blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn))$/.test(
    hostname,
  );
}

/** Azurite's addresses are known by their signature only. */
function isStorage(url: URL): boolean {
  return isAzureBlob(url) || url.searchParams.has('sig');
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function oneOf(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : 'unknown';
}

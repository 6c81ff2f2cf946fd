import type { ExchangeErrorKind } from '../../probe/exchange';

/** How far a request had got; `missesBytes`: less of the body has come than its Content-Length says. */
export type HttpStage =
  | { readonly at: 'connecting' }
  | { readonly at: 'waiting' }
  | { readonly at: 'reading'; readonly missesBytes: boolean };

type ExchangeError = { readonly kind: ExchangeErrorKind; readonly detail: string };

/** What went wrong, in our own words and the error's code: its message might quote what we sent. */
const details: Readonly<Record<ExchangeErrorKind, string>> = {
  dns: 'the host name was not resolved',
  connect: 'no connection could be made',
  tls: 'the TLS handshake failed',
  reset: 'the connection was closed',
  'connect-timeout': 'no connection stood in time',
  'headers-timeout': 'no headers came in time',
  'body-timeout': 'the body did not end in time',
  'headers-too-large': 'the headers are larger than we read',
  'body-too-large': 'the body is larger than we read',
  'wrong-length': 'the body has another length than its Content-Length',
  'bad-encoding': 'the body is not UTF-8',
  'not-json': 'the body is not JSON',
  protocol: 'the answer is not valid HTTP',
};

/** The cause where we ourselves no longer wait. */
export const stageTimeout = { code: 'TIMEOUT' };

const timeoutKinds: Readonly<Record<HttpStage['at'], ExchangeErrorKind>> = {
  connecting: 'connect-timeout',
  waiting: 'headers-timeout',
  reading: 'body-timeout',
};

/** Undici refuses what we ask of it, or this machine has no file handle or port left: that is about us. */
const ownMistakes = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  'UND_ERR_NOT_SUPPORTED',
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
]);

/** Error of a certificate, in the words of Node's TLS documentation ("X509 certificate error codes"). */
const certificate =
  /^(CERT_|CRL_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_|EPROTO)/;

/**
 * Sorts an error of undici or of Node by its code and by how far the request had got. Null where it is no trouble
 * of a gateway or a network but our own mistake.
 */
export function exchangeErrorOf(cause: unknown, stage: HttpStage): ExchangeError | null {
  const code = codeOf(cause);
  if (ownMistakes.has(code)) return null;
  const kind = kindOf(code, stage);
  return { kind, detail: code === '' ? details[kind] : `${details[kind]} (${code})` };
}

function kindOf(code: string, stage: HttpStage): ExchangeErrorKind {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return 'dns';
    case stageTimeout.code:
      return timeoutKinds[stage.at];
    case 'UND_ERR_CONNECT_TIMEOUT':
    // Only a proxy's CONNECT still has undici's own limit on headers.
    case 'UND_ERR_HEADERS_TIMEOUT':
      return 'connect-timeout';
    case 'BODY_TOO_LARGE':
      return 'body-too-large';
    case 'UND_ERR_HEADERS_OVERFLOW':
    case 'HPE_HEADER_OVERFLOW':
      return 'headers-too-large';
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return 'wrong-length';
    case 'UND_ERR_PRX_TLS':
      return 'tls';
    case 'ETIMEDOUT':
      return stage.at === 'connecting' ? 'connect-timeout' : 'reset';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset';
    case 'UND_ERR_SOCKET':
      return stage.at === 'reading' && stage.missesBytes ? 'wrong-length' : 'reset';
    default:
      if (certificate.test(code)) return 'tls';
      return stage.at === 'connecting' ? 'connect' : code.startsWith('E') ? 'reset' : 'protocol';
  }
}

/** The error's code, or that of the first thing that it was made of. */
export function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  if ('code' in cause && typeof cause.code === 'string') return /^[A-Z0-9_]{1,60}$/.test(cause.code) ? cause.code : '';
  if ('errors' in cause && Array.isArray(cause.errors)) return codeOf(cause.errors[0]);
  return 'cause' in cause ? codeOf(cause.cause) : '';
}

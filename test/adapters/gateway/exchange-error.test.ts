import { exchangeErrorOf, type HttpStage } from '../../../src/adapters/gateway/exchange-error';

const connecting: HttpStage = { at: 'connecting' };
const waiting: HttpStage = { at: 'waiting' };
const reading: HttpStage = { at: 'reading', missesBytes: false };
const withCode = (code: string) => Object.assign(new Error('canary in a message'), { code });

/** Codes that the tests with real connections don't meet. */
test.each<{ cause: unknown; stage: HttpStage; kind: string; detail: string }>([
  {
    cause: withCode('EAI_AGAIN'),
    stage: connecting,
    kind: 'dns',
    detail: 'the host name was not resolved (EAI_AGAIN)',
  },
  {
    cause: withCode('EHOSTUNREACH'),
    stage: connecting,
    kind: 'connect',
    detail: 'no connection could be made (EHOSTUNREACH)',
  },
  {
    cause: withCode('ETIMEDOUT'),
    stage: connecting,
    kind: 'connect-timeout',
    detail: 'no connection stood in time (ETIMEDOUT)',
  },
  { cause: withCode('ETIMEDOUT'), stage: waiting, kind: 'reset', detail: 'the connection was closed (ETIMEDOUT)' },
  { cause: withCode('EPIPE'), stage: waiting, kind: 'reset', detail: 'the connection was closed (EPIPE)' },
  { cause: withCode('EHOSTDOWN'), stage: reading, kind: 'reset', detail: 'the connection was closed (EHOSTDOWN)' },
  {
    cause: withCode('CERT_HAS_EXPIRED'),
    stage: connecting,
    kind: 'tls',
    detail: 'the TLS handshake failed (CERT_HAS_EXPIRED)',
  },
  { cause: withCode('EPROTO'), stage: connecting, kind: 'tls', detail: 'the TLS handshake failed (EPROTO)' },
  {
    cause: new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]),
    stage: connecting,
    kind: 'connect',
    detail: 'no connection could be made (ECONNREFUSED)',
  },
  {
    cause: new Error('wrapped', { cause: withCode('ENOTFOUND') }),
    stage: connecting,
    kind: 'dns',
    detail: 'the host name was not resolved (ENOTFOUND)',
  },
  { cause: withCode('a canary, not a code'), stage: reading, kind: 'protocol', detail: 'the answer is not valid HTTP' },
  { cause: 'canary', stage: connecting, kind: 'connect', detail: 'no connection could be made' },
])('$detail while $stage.at: $kind', ({ cause, stage, kind, detail }) => {
  expect(exchangeErrorOf(cause, stage)).toEqual({ kind, detail });
});

test.each(['UND_ERR_INVALID_ARG', 'EMFILE', 'EADDRNOTAVAIL'])('%s is no trouble of a gateway', (code) => {
  expect(exchangeErrorOf(withCode(code), connecting)).toBeNull();
});

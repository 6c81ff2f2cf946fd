import {
  type AnswerHeaders,
  chooseHeaders,
  type DeclaredHeaderNames,
  firstBytes,
  singleHeader,
  tokenCountHeader,
} from '../../probe/answer-headers';
import type { Exchange } from '../../probe/exchange';
import type { ProbeOrder } from '../../probe/gateway';
import { messageWaitOf } from '../../probe/message-wait';
import { readModelAnswer } from '../../probe/model-answer';
import { boundTokensOf } from '../../probe/prompt';
import { readRefusalText } from '../../probe/refusal-text';
import { refusedByOf } from '../../probe/refused-by';
import { retryAfterMsOf } from '../../probe/retry-after';
import { streamTimesOf } from '../../probe/stream-times';
import { secretsRemover, withoutSecrets } from '../../probe/without-secrets';
import type { HttpAnswer } from './record-answer';

/** What is known of a probe beside its answer. */
export interface SentProbe {
  readonly order: ProbeOrder;
  readonly declared: DeclaredHeaderNames;
  readonly secrets: { readonly keys: readonly string[]; readonly prompt: string };
}

/** What an exchange keeps of a body: characters, and bytes for the store's sake. */
const keptCharacters = 1000;
const keptBytes = 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

type Said = Pick<Exchange, 'error' | 'usage' | 'refusedBy' | 'message'>;

/** The record of a probe from its answer as it came over the wire; neither key nor prompt gets into it. */
export function toExchange(sent: SentProbe, answer: HttpAnswer): Exchange {
  const { order, declared } = sent;
  const { headers } = answer;
  const nowMs = answer.headersMs ?? answer.receivedMs;
  const retryAfter = singleHeader(headers, declared.retryAfter);
  const said = saidBy(sent, answer);
  const quote = secretsRemover(sent.secrets);
  const backend = singleHeader(headers, declared.backend);
  return {
    probe: order.probe,
    asked: order.request,
    boundTokens: boundTokensOf(order.request),
    intendedMs: order.intendedMs,
    begunMs: answer.begunMs,
    sentMs: answer.sentMs,
    headersMs: answer.headersMs,
    receivedMs: answer.receivedMs,
    status: answer.status,
    error: said.error,
    usage: said.usage,
    consumedTokens: tokenCountHeader(headers, declared.consumedTokens),
    remainingTokens: tokenCountHeader(headers, declared.remainingTokens),
    remainingQuotaTokens: tokenCountHeader(headers, declared.remainingQuotaTokens),
    retryAfterMs:
      retryAfter === null ? null : retryAfterMsOf(retryAfter, { date: singleHeader(headers, 'date'), nowMs }),
    messageWait: said.message === null ? null : messageWaitOf(said.message),
    backend: backend === null ? null : firstBytes(quote(backend), 256),
    refusedBy: said.refusedBy,
    message: said.message,
    headers: chooseHeaders(headers, declared, quote),
    ...streamIn(answer),
  };
}

function streamIn({ parts, body }: HttpAnswer): Pick<Exchange, 'stream'> {
  // Byte by byte: what counts are the places of line ends, and no byte of a longer UTF-8 character looks like one.
  const stream = parts === undefined || parts.length === 0 ? null : streamTimesOf(body.toString('latin1'), parts);
  return stream === null ? {} : { stream };
}

function saidBy(sent: SentProbe, answer: HttpAnswer): Said {
  const { status, headers } = answer;
  const contentType = singleHeader(headers, 'content-type');
  const { text, error: textError } = textOf(answer);
  const error = answer.error ?? textError;
  if (status === null) return { error, usage: null, refusedBy: null, message: null };
  if (status >= 200 && status < 300) {
    if (error !== null) return { error, usage: null, refusedBy: null, message: null };
    const { surface, streamed } = sent.order.request;
    return { ...readModelAnswer({ surface, streamed, contentType, text }), refusedBy: null, message: null };
  }
  const refusal = readRefusalText(text, contentType);
  const unreadable = refusal.isReadable ? null : ({ kind: 'not-json', detail: 'the body is no JSON' } as const);
  const refusedBy = refusedByOf({ ...refusal, status, headers, declared: sent.declared });
  return {
    error: error ?? unreadable,
    usage: null,
    // A body that broke off or can't be read names nobody, whatever stands in the part that came.
    refusedBy: refusedBy !== null && (error ?? unreadable) !== null ? 'unknown' : refusedBy,
    message: refusal.message === null ? null : quotedMessage(refusal.message, sent),
  };
}

function quotedMessage(message: string, { secrets }: SentProbe): string {
  return firstBytes(printable(withoutSecrets(message, secrets)).slice(0, keptCharacters), keptBytes);
}

/** Without control characters: a terminal that shows the text would obey them. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '\ufffd');
}

/** The body as text. We ask for no encoding, so one that comes encoded is not decoded but said to be unreadable. */
function textOf({ body, headers }: HttpAnswer): { readonly text: string; readonly error: Exchange['error'] } {
  const unreadable = (detail: string) => ({ text: '', error: { kind: 'bad-encoding', detail } as const });
  if (body.length === 0) return { text: '', error: null };
  if (isEncoded(headers)) return unreadable('the body came compressed though we accept no encoding');
  try {
    return { text: utf8.decode(body), error: null };
  } catch {
    // The decoder throws for nothing but the bytes.
    return unreadable('the body is not UTF-8');
  }
}

function isEncoded(headers: AnswerHeaders): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding !== '' && String(encoding).toLowerCase() !== 'identity';
}

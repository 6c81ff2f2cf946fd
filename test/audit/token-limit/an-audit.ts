import type { Evidence } from '../../../src/audit/check';
import type { CustomerDeclaration, Declaration, GatewayDeclaration, HeaderNames } from '../../../src/audit/declaration';
import { judgeTokenLimit } from '../../../src/audit/token-limit/judge';
import type { Finding } from '../../../src/audit/verdict';
import type { Exchange } from '../../../src/probe/exchange';
import { anExchange } from '../../probe/an-exchange';
import { aDeclaration } from '../a-declaration';

/** Ten seconds past a full minute: a fixed window's edge is 50 s away. */
export const startMs = Date.UTC(2026, 0, 5, 12, 0, 10);
const answerMs = 200;
const refusalMs = 50;

/** A probe sent so many seconds after the start that a model answered 0.2 s later; it cost `tokens`, one of them completion. */
export function answered(atSeconds: number, tokens: number, more: Partial<Exchange> = {}): Exchange {
  return { ...exchangeAt(atSeconds, tokens - 1, answerMs), ...answerOf(tokens), ...more };
}

function answerOf(tokens: number): Partial<Exchange> {
  return {
    usage: { prompt: tokens - 1, completion: 1, total: tokens },
    consumedTokens: tokens,
    boundTokens: tokens + 10,
  };
}

/** A probe of 19 prompt tokens that the token limit refused 0.05 s later; the wait that it names is in seconds. */
export function refused(atSeconds: number, waitSeconds: number | null = 30, more: Partial<Exchange> = {}): Exchange {
  const waitMs = waitSeconds === null ? null : waitSeconds * 1000;
  return {
    ...exchangeAt(atSeconds, 19, refusalMs),
    status: 429,
    usage: null,
    backend: null,
    refusedBy: 'gateway-token-limit',
    retryAfterMs: waitMs,
    messageWait: waitMs === null ? null : { waitMs, unitMs: 1000 },
    message: 'Token limit is exceeded.',
    ...more,
  };
}

/** A probe that got no answer within a second. */
export function lost(atSeconds: number, boundTokens: number): Exchange {
  return {
    ...exchangeAt(atSeconds, boundTokens - 1, 1_000),
    boundTokens,
    headersMs: null,
    status: null,
    usage: null,
    backend: null,
    error: { kind: 'reset', detail: 'the connection was reset' },
  };
}

/** Refusals that each promise what ends at the same instant, rounded up to a second. */
export function refusedUntil(endSeconds: number, ...atSeconds: readonly number[]): readonly Exchange[] {
  return atSeconds.map((at) => refused(at, Math.ceil(endSeconds - at)));
}

function exchangeAt(atSeconds: number, promptTokens: number, latencyMs: number): Exchange {
  const sentMs = startMs + Math.round(1000 * atSeconds);
  const receivedMs = sentMs + latencyMs;
  const plain = anExchange();
  return {
    ...plain,
    asked: { ...plain.asked, promptTokens, maxCompletionTokens: 1 },
    intendedMs: sentMs,
    sentMs,
    headersMs: receivedMs,
    receivedMs,
  };
}

export interface AuditOf {
  readonly customer?: Partial<CustomerDeclaration>;
  readonly gateway?: Partial<GatewayDeclaration>;
  readonly evidence?: Partial<Evidence>;
}

/** A customer of 1,000 tokens a minute whose key nobody else uses, unless a test says otherwise. */
export function declaredAs({ customer = {}, gateway = {} }: AuditOf = {}): Declaration {
  return aDeclaration({ dedicated: true, ...customer }, { limiter: 'sliding-window', ...gateway });
}

export function evidenceOf(exchanges: readonly Exchange[], audit: AuditOf = {}): Evidence {
  const numbered = exchanges.map((exchange, index) => ({ ...exchange, probe: index + 1 }));
  return {
    declared: declaredAs(audit),
    startedMs: startMs,
    finishedMs: Math.max(startMs, ...numbered.map((exchange) => exchange.receivedMs)),
    exchanges: numbered,
    priorCharges: [],
    ledgerSinceMs: 0,
    stoppedBecause: 'the limit and its recovery were seen',
    ...audit.evidence,
  };
}

/** The finding of one rule; undefined where it gives none. */
export function findingOf(rule: string, exchanges: readonly Exchange[], audit: AuditOf = {}): Finding | undefined {
  return judgeTokenLimit(evidenceOf(exchanges, audit)).findings.find((finding) => finding.rule === rule);
}

/** 1,000 tokens a minute in a sliding window: used up within 4 s, let in again when the first charge is 60 s old. */
export const slidingBurst: readonly Exchange[] = [
  answered(0, 20, { remainingTokens: 980 }),
  answered(1, 880, { remainingTokens: 100 }),
  answered(2, 20, { remainingTokens: 80 }),
  answered(3, 95, { remainingTokens: 0 }),
];
export const slidingRefusals = refusedUntil(60.2, 4, 4.2, 4.4, 4.6, 4.8, 5, 20, 40, 57);
export const slidingAudit: readonly Exchange[] = [
  ...slidingBurst,
  ...slidingRefusals,
  answered(60.3, 20, { remainingTokens: 0 }),
];

/**
 * 1,000 tokens a minute in a bucket: used up within 4 s, let in again when 70 tokens of debt are paid (at 7.4 s), then
 * brought into a debt that is paid at 20.6 s.
 */
export const bucketBurst: readonly Exchange[] = [
  answered(0, 20, { remainingTokens: 980 }),
  answered(1, 920, { remainingTokens: 76 }),
  answered(2, 20, { remainingTokens: 73 }),
  answered(3, 160, { remainingTokens: 0 }),
];
export const bucketRefusals = refusedUntil(7.4, 3.5, 3.7, 3.9, 4.1, 4.3, 4.5, 6);
export const bucketBack: readonly Exchange[] = [
  answered(7.5, 20, { remainingTokens: 0 }),
  answered(9, 200, { remainingTokens: 0 }),
];
export const bucketDebt = refusedUntil(20.6, 9.7, 11.2, 12.7, 14.2, 15.7, 17.2, 18.7, 20.2);
export const bucketAudit: readonly Exchange[] = [
  ...bucketBurst,
  ...bucketRefusals,
  ...bucketBack,
  ...bucketDebt,
  answered(21, 20, { remainingTokens: 0 }),
];
export const aBucket: AuditOf = { gateway: { limiter: 'token-bucket' } };

/** The headers of an answer that some cache gave: the gateway charged nothing for it. */
export const cached: Partial<Exchange> = { backend: null, consumedTokens: null };

/** A refused probe with a prompt of so many tokens. */
export function asking(promptTokens: number): Partial<Exchange> {
  return { asked: { ...anExchange().asked, promptTokens, maxCompletionTokens: 1 } };
}

/** The same refusal of a prompt of 300 tokens. */
export function asLarge(exchange: Exchange): Exchange {
  return { ...exchange, ...asking(300) };
}

/** An answer that says nothing of what is left. */
export function silent(exchange: Exchange): Exchange {
  return { ...exchange, remainingTokens: null };
}

/** A refusal whose header and message promise so much more (or less). */
export function waiting(exchange: Exchange, moreMs: number): Exchange {
  const waitMs = (exchange.retryAfterMs ?? 0) + moreMs;
  return { ...exchange, retryAfterMs: waitMs, messageWait: { waitMs, unitMs: 1000 } };
}

/** A refusal whose header and message promise half the time; an answer as it is. */
export function halved(exchange: Exchange): Exchange {
  const { retryAfterMs } = exchange;
  return retryAfterMs === null ? exchange : waiting(exchange, Math.floor(retryAfterMs / 2_000) * 1_000 - retryAfterMs);
}

/** So many probes of 100 tokens, sent so many seconds apart. */
export function steps(count: number, secondsApart: number): readonly Exchange[] {
  return Array.from({ length: count }, (_, index) => answered(index * secondsApart, 100));
}

/** So many refusals from one second on, sent so many seconds apart, that promise what ends at `endSeconds`. */
export function refusals(count: number, fromSeconds: number, secondsApart: number, endSeconds = 61.2) {
  return refusedUntil(endSeconds, ...Array.from({ length: count }, (_, index) => fromSeconds + index * secondsApart));
}

export const twoCounters: AuditOf = { gateway: { counters: 2 } };
export const notDedicated: AuditOf = { customer: { dedicated: false } };

export function stoppedBy(stoppedBecause: string): AuditOf {
  return { evidence: { stoppedBecause } };
}

export function withHeaders(headers: Partial<HeaderNames>): AuditOf {
  return { gateway: { headers: { ...aDeclaration().gateway.headers, ...headers } } };
}

/** Tokens of ours that the counter was charged with 15 s before the audit. */
export function priorCharge(tokens: number): AuditOf {
  const sentMs = startMs - 15_000;
  return { evidence: { priorCharges: [{ sentMs, receivedMs: sentMs + answerMs, tokens }] } };
}

/** Half of 1,000 tokens a minute, used up within 2 s. */
export const halfRefusals = refusedUntil(60.2, 2, 2.2, 2.4, 2.6, 2.8, 3);

/** Refusals whose promises jump back and forth, with admissions in between. */
export const secondCounter: readonly Exchange[] = [
  ...slidingBurst,
  ...refusedUntil(60.2, 4, 4.2),
  ...refusedUntil(66.2, 4.4),
  answered(4.6, 20),
  ...refusedUntil(60.2, 4.8, 5, 5.2, 5.4, 5.6, 5.8),
  answered(6, 20),
];

/** Two windows of 1,000 tokens a minute, used up in turn, polled until the first charge of one left it. */
export const twoWindows: readonly Exchange[] = [
  answered(0, 20),
  ...steps(21, 1).slice(1),
  ...refusals(19, 21, 0.2),
  ...refusals(28, 31, 1),
  answered(61, 20),
];

/** Two buckets of 1,000 tokens a minute, each brought into a debt that is paid 12 s later. */
export const twoBuckets: readonly Exchange[] = [
  ...steps(28, 0.5),
  ...refusals(20, 14, 0.2, 26),
  ...refusals(4, 18, 2, 26),
  answered(26.1, 20),
];
export const twoBucketsDeclared: AuditOf = { gateway: { counters: 2, limiter: 'token-bucket' } };

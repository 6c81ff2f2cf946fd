import { z } from 'zod';
import { checkNames } from '../audit/declaration';

/*
 * What the HTTP API answers, as far as a caller may rely on it. Members may be added at any time, so nothing here refuses
 * one that it does not name; a test holds the real answers of every route against these schemas.
 */
const time = z.iso.datetime();
const count = z.int().min(0);
const hash = z.string().meta({ description: 'SHA-256, hexadecimal' });
const auditId = z.guid();
const check = z.enum(checkNames);
const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const trigger = z.enum(['timer', 'http', 'cli']);
const continuationToken = z.string().nullable();
const tokens = z.object({ prompt: count, completion: count, total: count });
const share = z.number().min(0).max(1);
const numbers = (...names: readonly string[]) => z.object(Object.fromEntries(names.map((name) => [name, z.number()])));

export const problem = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().exactOptional(),
  problems: z.array(z.string()).exactOptional(),
  id: z.string().exactOptional(),
});

export const health = z.object({
  status: z.enum(['ok', 'failing']),
  failing: z.enum(['storage', 'configuration']).exactOptional(),
});

export const limitStatus = z.object({
  customerId: z.string(),
  gatewayId: z.string(),
  declared: z.object({
    tokensPerMinute: z.int().min(1),
    tokenQuota: z.object({ tokens: count, period: z.string() }).exactOptional(),
  }),
  observed: z
    .object({ remainingTokens: z.number().nullable(), consumedTokens: z.number().nullable(), at: time })
    .nullable(),
  throttled: z.object({ since: time, until: time.nullable() }).nullable(),
  verdicts: z.partialRecord(
    check,
    z.object({
      verdict,
      auditId,
      sequence: z.int().min(1),
      finishedAt: time,
      stale: z.boolean(),
      rejudgedAs: z
        .object({ auditId, sequence: z.int().min(1) })
        .exactOptional()
        .meta({ description: "The record by which that audit was judged again: the verdict is that one's" }),
    }),
  ),
  spentToday: count,
  maxTokensPerDay: count,
});

export const refreshedLimitStatus = limitStatus.extend({ refreshed: z.boolean() });

export const limitStatuses = z.object({ customers: z.array(limitStatus), continuationToken });

const order = { auditId, customerId: z.string(), gatewayId: z.string(), check, trigger, scheduledAt: time };

export const finding = z.object({
  rule: z.string(),
  verdict,
  expected: z.string(),
  observed: z.string(),
  because: z.string(),
});

export const report = z.object({
  ...order,
  startedAt: time,
  finishedAt: time,
  state: z.literal('done'),
  verdict,
  findings: z.array(finding),
  estimate: z.object({
    tokensPerMinute: z.object({ low: z.number(), high: z.number().nullable() }).exactOptional(),
    limiter: z.enum(['sliding-window', 'token-bucket', 'fixed-window', 'unknown']).exactOptional(),
    overshootTokens: z.number().exactOptional(),
    burst: z
      .object({ probes: count, admitted: count, refused: count, tokens: count })
      .exactOptional()
      .meta({ description: 'The probes sent at once that went that far beyond the limit' }),
    counters: count.exactOptional(),
    countersConfirmed: z.literal(true).exactOptional(),
    promptsEstimated: z.boolean().exactOptional(),
    shares: z
      .record(z.string(), z.object({ expected: share, observed: share, low: share, high: share }))
      .exactOptional(),
  }),
  summary: z.object({
    probes: count,
    answered: count,
    refused: count,
    failed: count,
    tokens,
    latencyMs: numbers('p50', 'p90', 'p99', 'max').nullable(),
    lateMs: numbers('p50', 'p99').nullable(),
    byStatus: z.record(z.string(), count),
    byBackend: z.record(z.string(), z.object({ probes: count, tokens: count })),
  }),
  stoppedBecause: z.string(),
  declared: z
    .object({ customer: z.looseObject({}), gateway: z.looseObject({}), settings: z.looseObject({}) })
    .meta({ description: 'What was promised: the part of the configuration that was judged' }),
  rulesVersion: z.int(),
  evidenceHash: hash,
  evidenceTruncated: z.literal(true).exactOptional(),
  interrupted: z.literal(true).exactOptional(),
  attemptOf: z.string().exactOptional(),
  rejudgementOf: auditId.exactOptional().meta({
    description: "Stored evidence judged again by today's rules: the audit whose evidence, times and summary these are",
  }),
  rejudgedAt: time.exactOptional(),
  missed: z.literal(true).exactOptional().meta({ description: 'It was due and did not run: nothing was sent' }),
  sequence: z.int().min(1),
  previousHash: hash,
  hash,
});

export const history = z.object({ audits: z.array(report), continuationToken });

const exchange = z
  .looseObject({ probe: z.int().min(1), status: z.int().nullable(), sentMs: z.number(), receivedMs: z.number() })
  .meta({ description: 'One probe and its answer: what an audit was judged from' });

export const auditRecord = z.union([
  report.extend({ exchanges: z.array(exchange) }),
  z.object({ ...order, state: z.literal('queued'), exchanges: z.array(exchange).max(0) }),
  z.object({ ...order, state: z.literal('running'), startedAt: time, exchanges: z.array(exchange) }).meta({
    description: 'With what it has kept so far; it does so every 20 seconds',
  }),
]);

export const startedAudit = z.object({
  auditId,
  customerId: z.string(),
  check,
  trigger,
  scheduledAt: time,
  state: z.literal('queued'),
});

const valueChanges = z.array(z.object({ name: z.string(), before: z.unknown(), after: z.unknown() }));
const comparedAudit = z.object({
  auditId,
  sequence: z.int(),
  finishedAt: time,
  verdict,
  rulesVersion: z.int(),
  rejudgementOf: auditId.exactOptional(),
});
const comparedFinding = finding.omit({ rule: true, because: true }).nullable();

export const diff = z.object({
  customerId: z.string(),
  check,
  before: comparedAudit,
  after: comparedAudit,
  findings: z.array(z.object({ rule: z.string(), before: comparedFinding, after: comparedFinding })),
  estimate: valueChanges,
  latencyMs: valueChanges,
  spread: valueChanges,
  declared: valueChanges,
});

const syntheticUsage = z.object({
  audits: count,
  probes: z.object({ sent: count, answered: count, refused: count, failed: count }),
  tokens,
  byBackend: z.record(z.string(), z.object({ probes: count, tokens: count })),
  charge: z.object({ amount: z.number(), currency: z.string() }).exactOptional(),
});

export const usage = z.object({
  customerId: z.string(),
  days: z.array(z.object({ day: z.iso.date(), synthetic: syntheticUsage })),
  total: z.object({ synthetic: syntheticUsage }),
});

export const openApi = z.looseObject({ openapi: z.string() });

const chainHead = z.object({ sequence: z.int().min(1), hash }).nullable();

const digestWitness = z.object({
  name: z.string(),
  number: z.int().min(1),
  at: z.iso.datetime(),
  hash,
  keyId: hash.nullable(),
});
const verified = z.object({ audits: count, head: chainHead, digest: digestWitness.nullable().exactOptional() });

export const integrity = z.union([
  verified.extend({ intact: z.literal(true) }),
  verified.extend({
    intact: z.literal(false),
    firstBroken: z.object({
      sequence: z.int(),
      auditId: z.string().nullable(),
      row: z.string().nullable(),
      because: z.string(),
    }),
  }),
]);

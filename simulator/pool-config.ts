import { z } from 'zod';
import { toMilliseconds } from './duration';
import { errorStatus, id, milliseconds, share, tokens } from './schema-words';

const durationMs = z.string().transform((text, context) => {
  const ms = toMilliseconds(text);
  if (ms === null) context.addIssue({ code: 'custom', message: `"${text}" is no ISO 8601 duration such as PT30S` });
  return ms ?? 0;
});

/** "429" or "500-599". */
const statusRange = z
  .string()
  .regex(/^\d{3}(-\d{3})?$/)
  .transform((text) => {
    const [min, max] = text.split('-').map(Number);
    return { min: min ?? 0, max: max ?? min ?? 0 };
  });

/** A backend's circuit breaker; kept by each gateway instance for itself. */
export const breakerSchema = z
  .strictObject({
    /** Failures within the interval that trip it; or `percentage` of the calls. */
    failures: z.number().int().positive().optional(),
    percentage: z.number().min(1).max(100).optional(),
    interval: durationMs.prefault('PT1M'),
    statuses: z.array(statusRange).min(1).prefault(['429', '500-599']),
    tripDuration: durationMs.prefault('PT30S'),
    /** Stays open for the backend's Retry-After instead. */
    acceptRetryAfter: z.boolean().default(true),
  })
  .refine((breaker) => breaker.failures === undefined || breaker.percentage === undefined, {
    message: 'either failures or percentage, not both',
  });
export type BreakerConfig = z.infer<typeof breakerSchema>;

/** One Azure OpenAI endpoint. */
export const backendSchema = z.strictObject({
  id,
  region: z.string().default('Sweden Central'),
  /** What the backend header says; the region where absent. */
  answersAs: z.string().optional(),
  /** The deployment's own limit, counted on an estimate at arrival; null: none. */
  tokensPerMinute: tokens.nullable().default(null),
  /** Default: one per 1000 tokens a minute, rounded up; null: none. */
  requestsPer10Seconds: tokens.nullable().optional(),
  extraLatencyMs: milliseconds.default(0),
  /** A backend that is ill: answers so many of its requests with this status. */
  failing: z.strictObject({ status: errorStatus, share: share.default(1) }).optional(),
  breaker: breakerSchema.optional(),
});
export type BackendConfig = z.infer<typeof backendSchema>;

/** API Management takes at most 30 members. */
export const maxPoolMembers = 30;

export const poolSchema = z.strictObject({
  members: z
    .array(
      z.strictObject({
        backend: id,
        /** Lower goes first. */
        priority: z.number().int().min(0).max(100).default(1),
        weight: z.number().min(0).max(100).default(1),
      }),
    )
    .max(maxPoolMembers)
    .default([]),
  /** How weights become a sequence is not documented: smooth (A B A A B), block (A A A B B) or drawn. */
  balancing: z.enum(['smooth', 'block', 'random']).default('smooth'),
  /** Gateway instances; each has its own breakers and its own place in the sequence. */
  instances: z.number().int().min(1).max(30).default(1),
  /** What the caller gets whose request trips a breaker: the backend's answer, or a 503. Both were seen. */
  trippingCall: z.enum(['pass', '503']).default('pass'),
  /** The policy's retries after the first try, on 429 and 5xx; with or without selecting a member again. */
  retries: z.number().int().min(0).max(50).default(0),
  reselect: z.boolean().default(true),
  /** When every breaker is open. The text was changed by the product; some policies send none. */
  downStatus: errorStatus.default(503),
  downBody: z.enum(['old', 'new', 'empty']).default('new'),
  /** Callers that give this cookie back stay with their member. */
  affinityCookie: z.string().nullable().default(null),
});
export type PoolConfig = z.infer<typeof poolSchema>;

import { z } from 'zod';
import { checkNames } from '../audit/declaration';
import { AuditorError } from '../auditor-error';
import type { ApiRequest } from './api-message';
import { exportFormats } from './history-export';

const wholeNumber = z
  .string()
  .regex(/^\d{1,4}$/, 'expected a whole number from 1 to 1000')
  .meta({ type: 'integer', pattern: undefined, minimum: 1, maximum: 1000 })
  .transform(Number)
  .refine((count) => count >= 1 && count <= 1000, 'expected a whole number from 1 to 1000');

function top(unlessGiven: number) {
  return wholeNumber.default(unlessGiven).meta({ description: `${unlessGiven} unless given` });
}

const continuationToken = z.string().min(1).max(4000).exactOptional();

/** A day (`2026-11-22`) or a moment with its zone (`2026-11-22T10:00:00Z`). */
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'expected ISO 8601: a day such as 2026-11-22, or a moment such as 2026-11-22T10:00:00Z',
});
const firstMoment = moment.transform((text) => new Date(text).toISOString());
/** A day is meant with all its hours. */
const lastMoment = moment.transform((text) =>
  new Date(text.length === 10 ? `${text}T23:59:59.999Z` : text).toISOString(),
);

export const pageQuery = z.object({ top: top(100), continuationToken });

export const historyQuery = z.object({
  check: z.enum(checkNames).exactOptional(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']).exactOptional(),
  from: firstMoment.exactOptional(),
  to: lastMoment.exactOptional(),
  top: top(50),
  continuationToken,
});

export const exportQuery = historyQuery.extend({ format: z.enum(exportFormats).default('csv'), top: top(500) });

/** Both ends inclusive. */
export const periodQuery = z.object({ from: firstMoment.exactOptional(), to: lastMoment.exactOptional() });

export const diffQuery = z.object({ against: z.guid({ error: "expected an audit's id" }) });

export const startAuditBody = z.strictObject({ check: z.enum(checkNames) });

/** The query as a schema reads it; parameters that it does not name are somebody else's. Throws `bad-request`. */
export function readQuery<Output>(request: ApiRequest, schema: z.ZodType<Output>): Output {
  return read(Object.fromEntries(request.url.searchParams), schema);
}

/** The JSON body as a schema reads it. Throws `bad-request`. */
export function readBody<Output>(request: ApiRequest, schema: z.ZodType<Output>): Output {
  return read(parse(request.body), schema);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AuditorError('bad-request', 'The body is no JSON.', { cause });
  }
}

function read<Output>(value: unknown, schema: z.ZodType<Output>): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new AuditorError('bad-request', problems.join('; '), { problems });
}

import { z } from 'zod';
import { checkNames } from '../audit/declaration';
import { parseDurationMs } from '../audit/duration';
import { validateNcrontab } from '../audit/planning/schedule';
import { poolDefaults } from '../audit/pool-defaults';
import { shownUrlProblem } from './endpoint';
import { isOwnSetting } from './settings';

/*
 * The configuration file's form. Defaults that depend on nothing else stand here; those that do, in complete.ts; what
 * several places of a file must agree on is checked in problems.ts.
 */
const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'expected a letter or digit, then up to 62 of letters, digits, ".", "_", "-"',
  );
/** Names go into addresses and onto terminals: half a character has no place in the one, a control one none in the other. */
const text = z
  .string()
  .regex(/\S/, 'must not be empty')
  .refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), 'must not hold control characters or halves of characters');
const count = z.int().min(1);

const duration = z.string().refine((value) => parseDurationMs(value) !== null, {
  error: 'expected an ISO 8601 duration such as PT30S, PT5M or P1D',
});

/** A secret is named, never written down: what looks like a key itself is refused, without repeating it. */
export const secretSetting = z.strictObject({
  setting: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/, {
      error: 'expected the name of a setting, such as CONTOSO_KEY',
      abort: true,
    })
    .refine(
      (name) => !/^[0-9a-f]{32}$/i.test(name),
      'looks like a key itself; write the name of the setting that holds it',
    )
    .refine(
      (name) => !isOwnSetting(name),
      "is a setting of the service itself or of its host, whose value is nobody else's",
    ),
});

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "expected a header's name")
  .toLowerCase();

const url = z.string().superRefine((value, context) => {
  const problem = shownUrlProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const ncrontab = z.string().superRefine((value, context) => {
  const problem = validateNcrontab(value);
  if (problem) context.addIssue({ code: 'custom', message: `no NCRONTAB schedule: ${problem}` });
});

const schedules = z.partialRecord(z.enum(checkNames), ncrontab);
const surface = z.enum(['chat', 'responses', 'embeddings']);

const auth = z.union(
  [z.strictObject({ keyHeader: headerName, scheme: text.exactOptional() }), z.strictObject({ entraScope: text })],
  { error: 'expected { "keyHeader": …, "scheme"?: … } or { "entraScope": … }' },
);

const headers = z.strictObject({
  consumedTokens: headerName.nullable().default(null),
  remainingTokens: headerName.nullable().default(null),
  remainingQuotaTokens: headerName.nullable().default(null),
  retryAfter: headerName.nullable().default('retry-after'),
  backend: headerName.nullable().default('x-ms-region'),
});

/** API Management takes whole priorities and weights from 0 to 100. */
const poolMember = z.strictObject({
  id: text,
  answersAs: text.exactOptional(),
  priority: z.int().min(0).max(100).default(1),
  weight: z.int().min(0).max(100).default(1),
});

const pool = z.strictObject({
  members: z.array(poolMember).min(1),
  failures: count.default(poolDefaults.failures),
  interval: duration.default(poolDefaults.interval),
  tripDuration: duration.default(poolDefaults.tripDuration),
  acceptRetryAfter: z.boolean().default(poolDefaults.acceptRetryAfter),
  instances: count.default(1),
  retries: z.int().min(0).default(poolDefaults.retries),
  exclusive: z.boolean().default(false),
});

const settleAfter = duration.default('PT30M');
const meter = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('http'), url, settleAfter }),
    z.strictObject({
      kind: z.literal('log-analytics'),
      workspaceId: text,
      source: z.enum(['customMetrics', 'AppMetrics', 'llmLog']),
      /** The name under which the token metric policy reports the subscription. */
      dimension: text.default('Subscription ID'),
      settleAfter,
    }),
  ],
  { error: 'expected an object with "kind": "none", "log-analytics" or "http"' },
);

const ownBodyFields = [
  'model',
  'messages',
  'input',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'n',
];
const extraBody = z.record(z.string(), z.unknown()).superRefine((body, context) => {
  for (const key of ownBodyFields.filter((name) => name in body)) {
    context.addIssue({ code: 'custom', path: [key], message: "set by the probes themselves, can't be replaced" });
  }
});

export const gatewaySchema = z.strictObject({
  id,
  endpoint: z.string(),
  deployment: text,
  api: z.enum(['deployments', 'v1']).default('deployments'),
  apiVersion: text.exactOptional(),
  surfaces: z.array(surface).min(1).default(['chat']),
  surfaceDeployments: z.partialRecord(surface, text).default({}),
  auth: auth.default({ keyHeader: 'api-key' }),
  headers: headers.prefault({}),
  limiter: z.enum(['unknown', 'sliding-window', 'token-bucket', 'fixed-window']).default('unknown'),
  counters: count.max(1000).default(1),
  completionTokensParameter: z.enum(['auto', 'max_tokens', 'max_completion_tokens']).default('auto'),
  maxPromptTokens: z.int().min(16).default(32_000),
  apim: z.strictObject({ resourceId: text, api: text, product: text.exactOptional() }).exactOptional(),
  extraBody: extraBody.default({}),
  pool: pool.exactOptional(),
  allowedBackends: z.array(text).min(1).exactOptional(),
  meter: meter.default({ kind: 'none' }),
});

const tolerancePercent = z.number().gt(0).max(100).exactOptional();
const anyCheck = z.strictObject({ tolerancePercent }).exactOptional();
const checkSettings = z.strictObject({
  'limit-status': anyCheck,
  access: anyCheck,
  'load-balance': z
    .strictObject({
      tolerancePercent,
      tolerancePoints: z.number().gt(0).lt(100).exactOptional(),
      errorRate: z.number().gt(0).lt(0.5).exactOptional(),
      maxProbes: count.max(100_000).exactOptional(),
      provokeFailover: z.boolean().exactOptional(),
    })
    .exactOptional(),
  usage: z
    .strictObject({
      tolerancePercent,
      calls: count.max(1000).exactOptional(),
      streamedShare: z.number().min(0).max(1).exactOptional(),
    })
    .exactOptional(),
  'config-drift': anyCheck,
  'token-limit': z
    .strictObject({
      tolerancePercent,
      maxTokensFactor: z.number().gt(1).max(100).exactOptional(),
      burstProbes: count.max(100).exactOptional(),
    })
    .exactOptional(),
  isolation: z.strictObject({ tolerancePercent, with: z.array(id).min(1).exactOptional() }).exactOptional(),
  'client-experience': anyCheck,
  'token-quota': z.strictObject({ tolerancePercent, exhaustQuota: z.boolean().exactOptional() }).exactOptional(),
});

export const customerSchema = z.strictObject({
  id,
  gateway: z.string(),
  tokensPerMinute: count,
  key: secretSetting.exactOptional(),
  subscriptionId: text.exactOptional(),
  counter: text.exactOptional(),
  dedicated: z.boolean().default(false),
  tokenQuota: z
    .strictObject({ tokens: count, period: z.enum(['Hourly', 'Daily', 'Weekly', 'Monthly', 'Yearly']) })
    .exactOptional(),
  checks: z.array(z.enum(checkNames)).min(1).exactOptional(),
  alsoDeployments: z.array(text).default([]),
  schedule: schedules.default({}),
  maxTokensPerDay: count.exactOptional(),
  quietHours: z
    .array(
      z
        .string()
        .regex(
          /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\dZ$/,
          'expected hours of the day in UTC, such as 22:00-06:00Z',
        ),
    )
    .default([]),
  checkSettings: checkSettings.default({}),
});

const price = z.strictObject({ promptPer1k: z.number().min(0), completionPer1k: z.number().min(0) });

export const fileSchema = z.strictObject({
  $schema: z.string().exactOptional(),
  gateways: z.array(gatewaySchema).min(1),
  customers: z.array(customerSchema).min(1),
  schedules: schedules.default({}),
  maxTokensPerDay: count.exactOptional(),
  prices: z
    .strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/, 'expected a currency code such as EUR'),
      models: z.record(z.string(), price),
    })
    .exactOptional(),
  alerts: z
    .array(
      z.strictObject({
        webhook: secretSetting,
        secret: secretSetting.exactOptional(),
        on: z
          .array(z.enum(['fail', 'recovered', 'missed']))
          .min(1)
          .default(['fail', 'recovered', 'missed']),
      }),
    )
    .default([]),
});

export type FileGateway = z.output<typeof gatewaySchema>;
export type FileCustomer = z.output<typeof customerSchema>;
export type ConfigFile = z.output<typeof fileSchema>;

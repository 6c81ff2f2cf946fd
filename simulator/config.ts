import { z } from 'zod';
import { apimBackendsSchema, readApimBackends } from './apim-backends';
import { findReferenceProblems } from './config-references';
import type { CustomerFault, GatewayFault } from './fault-row';
import { customerFaults, gatewayFaults } from './faults';
import { limiterKinds } from './limiter';
import { backendSchema, poolSchema } from './pool-config';
import { quotaPeriods } from './quota';
import { id, milliseconds, share, tokens } from './schema-words';

const headerName = z.string().regex(/^[A-Za-z0-9-]+$/);

const latency = z.strictObject({
  baseMs: milliseconds.default(150),
  perTokenMs: milliseconds.default(5),
  /** Evenly drawn, added. */
  jitterMs: milliseconds.default(60),
  outlierShare: share.default(0),
  outlierMs: milliseconds.default(0),
  /** What the gateway's own refusals take. */
  refusalMs: milliseconds.default(15),
});

const headers = z.strictObject({
  key: headerName.default('api-key'),
  consumedTokens: headerName.nullable().default('consumed-tokens'),
  remainingTokens: headerName.nullable().default('remaining-tokens'),
  remainingQuotaTokens: headerName.nullable().default(null),
  retryAfter: headerName.default('Retry-After'),
  /** Names the backend with its `answersAs`. */
  backend: headerName.default('x-ms-region'),
});

const customer = z.strictObject({
  id,
  key: z.string().min(1),
  /** As the meter knows it; the id where absent. */
  subscriptionId: z.string().min(1).optional(),
  limiter: z.enum(limiterKinds).default('sliding-window'),
  /** What the gateway's policy says; a fault may enforce something else. */
  tokensPerMinute: tokens,
  /** Unsynchronised counters (regions, gateways, scale units), each enforcing the whole limit. */
  counters: z.number().int().min(1).max(30).default(1),
  /** Customers with the same value share one counter; the id where absent. */
  counter: id.optional(),
  quota: z.strictObject({ tokens, period: z.enum(quotaPeriods) }).optional(),
  /** true: the estimate must fit; "reserve": and is set aside until the answer came. */
  estimatePromptTokens: z.union([z.boolean(), z.literal('reserve')]).default(false),
  faults: z.array(faultSchema(customerFaults)).default([]),
});

const schema = z.strictObject({
  port: z.number().int().min(0).max(65_535).default(4010),
  /** The same seed draws the same latencies, outliers and spoiled answers. */
  seed: z.number().int().default(1),
  basePath: z
    .string()
    .regex(/^(\/[A-Za-z0-9._-]+)*$/)
    .default('/aoai'),
  headers: headers.prefault({}),
  latency: latency.prefault({}),
  /** How requests are spread over unsynchronised counters and instances. */
  routing: z.enum(['round-robin', 'random']).default('round-robin'),
  /** Deployments that the models have; empty: any name. */
  deployments: z.array(z.strictObject({ name: id, refusesMaxTokens: z.boolean().default(false) })).default([]),
  backends: z.array(backendSchema).default([]),
  /** How long what was metered takes until the meter shows it. */
  meterDelayMs: milliseconds.default(0),
  /** Without one, the first backend serves alone. */
  pool: poolSchema.optional(),
  /** API Management's own definitions; over `backends` and `pool` where they speak of the same. */
  apimBackends: apimBackendsSchema.optional(),
  customers: z.array(customer).min(1),
  faults: z.array(faultSchema(gatewayFaults)).default([]),
});

export type SimulatorConfig = Omit<z.infer<typeof schema>, 'apimBackends'>;
/** What may be written: everything that has a default may be left out. */
export type SimulatorConfigInput = z.input<typeof schema>;
export type CustomerConfig = SimulatorConfig['customers'][number];
export type LatencyConfig = SimulatorConfig['latency'];

/** Every problem of a configuration at once, one a line, with its path. */
export class SimulatorConfigError extends Error {
  override readonly name = 'SimulatorConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`The simulator's configuration has ${problems.length} problem(s):\n  ${problems.join('\n  ')}`);
  }
}

/** Checks a configuration and fills in the defaults. Throws a SimulatorConfigError. */
export function parseSimulatorConfig(raw: unknown): SimulatorConfig {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    throw new SimulatorConfigError(
      parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || '(file)'}: ${issue.message}`),
    );
  }
  const config = withBackends(parsed.data);
  const problems = findReferenceProblems(config);
  if (problems.length > 0) throw new SimulatorConfigError(problems);
  return config;
}

function withBackends({ apimBackends, ...config }: z.infer<typeof schema>): SimulatorConfig {
  const merged = { ...config, ...readApimBackends(apimBackends ?? [], config) };
  return merged.backends.length > 0 ? merged : { ...merged, backends: [backendSchema.parse({ id: 'aoai' })] };
}

/** One of the table's faults by name, with its own parameters beside the name; the wrong ones are refused. */
function faultSchema(rows: readonly (CustomerFault | GatewayFault)[]) {
  return z.looseObject({ name: z.string() }).superRefine((chosen, context) => {
    const { name, ...parameters } = chosen;
    const row = rows.find((one) => one.name === name);
    if (!row) {
      const known = rows.map((one) => one.name).join(', ');
      context.addIssue({ code: 'custom', message: `no fault "${name}" here; known: ${known}`, path: ['name'] });
      return;
    }
    for (const issue of row.parameters.safeParse(parameters).error?.issues ?? []) {
      context.addIssue({ code: 'custom', message: issue.message, path: [...issue.path] });
    }
  });
}

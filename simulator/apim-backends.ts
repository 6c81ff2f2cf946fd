import { z } from 'zod';
import {
  type BackendConfig,
  backendSchema,
  breakerSchema,
  maxPoolMembers,
  type PoolConfig,
  poolSchema,
} from './pool-config';
import { errorStatus, id } from './schema-words';

/**
 * API Management's own JSON of backends and pools (`Microsoft.ApiManagement/service/backends`, as the management API
 * or a template has it), so that a real definition can be tried as it is. What a simulator has no use for is let pass.
 */
const rule = z.looseObject({
  tripDuration: z.string().default('PT1M'),
  acceptRetryAfter: z.boolean().default(false),
  failureCondition: z.looseObject({
    count: z.number().int().nullish(),
    percentage: z.number().nullish(),
    interval: z.string().default('PT1M'),
    statusCodeRanges: z
      .array(z.object({ min: z.number().int().min(200).max(599), max: z.number().int().min(200).max(599) }))
      .min(1),
  }),
});

const single = z.looseObject({
  type: z.literal('Single'),
  azureRegion: z.string().nullish(),
  circuitBreaker: z.looseObject({ rules: z.array(rule).max(1, 'API Management takes exactly one rule') }).nullish(),
});

const pool = z.looseObject({
  type: z.literal('Pool'),
  pool: z.looseObject({
    services: z
      .array(z.looseObject({ id: z.string(), priority: z.number().nullish(), weight: z.number().nullish() }))
      .min(1)
      .max(maxPoolMembers),
    failureResponse: z.looseObject({ statusCode: errorStatus }).nullish(),
    sessionAffinity: z.looseObject({ sessionId: z.looseObject({ name: z.string() }) }).nullish(),
  }),
});

/** A definition without a type is a single backend: older ones have none. */
const properties = z.preprocess(
  (raw) => (typeof raw === 'object' && raw !== null && !('type' in raw) ? { ...raw, type: 'Single' } : raw),
  z.discriminatedUnion('type', [single, pool]),
);

export const apimBackendsSchema = z
  .array(z.looseObject({ name: id, properties }))
  .refine((resources) => resources.filter((one) => one.properties.type === 'Pool').length <= 1, {
    message: 'the simulator runs one pool; leave the others out',
  });
export type ApimBackends = z.infer<typeof apimBackendsSchema>;

interface OwnWords {
  readonly backends: BackendConfig[];
  readonly pool?: PoolConfig | undefined;
}

/**
 * The definitions in the simulator's own words. A single backend gets its breaker, over what `own` says of the backend
 * with its name (where it stands, what it can do); the pool gets its members, over how `own` says it is run.
 */
export function readApimBackends(resources: ApimBackends, own: OwnWords): OwnWords {
  const backends = resources.flatMap(({ name, properties }) => {
    if (properties.type === 'Pool') return [];
    const region = properties.azureRegion ?? name;
    const known = own.backends.find((one) => one.id === name) ?? backendSchema.parse({ id: name, region });
    const [first] = properties.circuitBreaker?.rules ?? [];
    return [first ? { ...known, breaker: toBreaker(first) } : known];
  });
  const pools = resources.flatMap(({ properties }) => (properties.type === 'Pool' ? [properties.pool] : []));
  const [defined] = pools;
  const others = own.backends.filter((one) => !backends.some((backend) => backend.id === one.id));
  if (!defined) return { backends: [...backends, ...others], pool: own.pool };
  const members = defined.services.map(({ id, priority, weight }) => ({
    backend: id.split('/').at(-1) ?? id,
    priority: priority ?? 1,
    weight: weight ?? 1,
  }));
  const affinity = defined.sessionAffinity?.sessionId.name;
  return {
    backends: [...backends, ...others],
    pool: {
      ...(own.pool ?? poolSchema.parse({})),
      members,
      ...(defined.failureResponse && { downStatus: defined.failureResponse.statusCode }),
      ...(affinity !== undefined && { affinityCookie: affinity }),
    },
  };
}

function toBreaker({ failureCondition, tripDuration, acceptRetryAfter }: z.infer<typeof rule>) {
  const { count, percentage, interval, statusCodeRanges } = failureCondition;
  return breakerSchema.parse({
    ...(percentage ? { percentage } : { failures: count ?? 1 }),
    interval,
    statuses: statusCodeRanges.map(({ min, max }) => `${min}-${max}`),
    tripDuration,
    acceptRetryAfter,
  });
}

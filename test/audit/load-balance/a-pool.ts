import type { Pool, PoolMember } from '../../../src/audit/declaration';

/** A pool as the configuration fills it in, but for what a test names. */
export function aPool(
  members: readonly (Partial<PoolMember> & { readonly id: string })[],
  pool: Partial<Pool> = {},
): Pool {
  return {
    members: members.map((member) => ({ answersAs: member.id, priority: 1, weight: 1, ...member })),
    failures: 1,
    interval: 'PT1M',
    tripDuration: 'PT30S',
    acceptRetryAfter: true,
    instances: 1,
    retries: 0,
    exclusive: false,
    ...pool,
  };
}

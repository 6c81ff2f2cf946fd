/** What is taken of a pool whose declaration does not say it: no promise of its owner's. Durations ISO 8601. */
export const poolDefaults = {
  failures: 1,
  interval: 'PT1M',
  tripDuration: 'PT30S',
  acceptRetryAfter: true,
  retries: 0,
} as const;

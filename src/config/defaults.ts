import type { CheckName, CheckSettings } from '../audit/declaration';

/** When each check is due unless the configuration says otherwise; the spread over customers comes on top. */
export const defaultSchedules: Readonly<Record<CheckName, string>> = {
  'limit-status': '0 */15 * * * *',
  access: '0 0 1 * * *',
  'load-balance': '0 0 2 * * *',
  usage: '0 0 3 * * *',
  'token-limit': '0 0 4 * * *',
  'config-drift': '0 0 0 * * 0',
  isolation: '0 0 5 * * 0',
  'client-experience': '0 0 6 * * 0',
  'token-quota': '0 0 7 * * 0',
};

/** Settings of every check, as far as the configuration says nothing else. */
export const defaultCheckSettings: CheckSettings = {
  tolerancePercent: 10,
  maxTokensFactor: 2,
  burstProbes: 4,
  exhaustQuota: false,
  tolerancePoints: 10,
  errorRate: 0.001,
  maxProbes: 1000,
  provokeFailover: false,
  calls: 15,
  streamedShare: 0.3,
  with: [],
};

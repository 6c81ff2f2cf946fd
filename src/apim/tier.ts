import type { ApimService } from './apim-configuration';

export type TierLimiter = 'sliding-window' | 'token-bucket';

/**
 * How a tier counts tokens: classic ones in a sliding window, v2 tiers in a token bucket ("Advanced request throttling
 * with Azure API Management"). Null where that is not documented, or the tier has no token limits (Consumption).
 */
export function limiterOf(sku: string | null): TierLimiter | null {
  if (sku === null) return null;
  if (/^(basic|standard|premium)v2$/i.test(sku)) return 'token-bucket';
  return /^(developer|basic|standard|premium)$/i.test(sku) ? 'sliding-window' : null;
}

/** Each regional gateway counts by itself; a regional address leads to one of them. Null where nobody can tell. */
export function countersOf({ regions }: Pick<ApimService, 'regions'>, endpoint: string): number | null {
  if (/^https?:\/\/[^/]*\.regional\.azure-api\.net/i.test(endpoint)) return 1;
  return regions.length === 0 ? null : regions.length;
}

import { isDeepStrictEqual } from 'node:util';
import type { Declaration } from '../declaration';
import type { Report } from '../report';

/**
 * How many answers of each member the last audit had counted, earlier ones included, where it did not decide on the
 * spread and judged the same pool by the same settings; null where there is nothing to go on from. The sequential test
 * is valid at any stopping time, so going on is as good as one longer audit.
 */
export function earlierCountsOf(
  last: Report,
  { gateway, settings }: Declaration,
): Readonly<Record<string, number>> | null {
  const spread = last.findings.find(({ rule }) => rule === 'spread');
  const { shares } = last.estimate;
  if (spread?.verdict !== 'inconclusive' || shares === undefined || last.interrupted) return null;
  const before = last.declared;
  const isSame =
    isDeepStrictEqual(before.gateway.pool, gateway.pool) &&
    before.settings.tolerancePoints === settings.tolerancePoints &&
    before.settings.errorRate === settings.errorRate;
  if (!isSame) return null;
  return Object.fromEntries(Object.entries(shares).map(([member, share]) => [member, share.answers]));
}

import type { LatencyConfig } from './config';
import type { Random } from './random';

/** How long a model takes to its first byte: base, jitter and now and then an outlier; milliseconds. */
export function drawFirstByteMs(latency: LatencyConfig, random: Random): number {
  const outlierMs = random() < latency.outlierShare ? latency.outlierMs : 0;
  return latency.baseMs + random() * latency.jitterMs + outlierMs;
}

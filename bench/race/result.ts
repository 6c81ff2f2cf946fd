/** What a racer tells of its run. Milliseconds; CPU of its whole process while it ran. */
export interface RaceResult {
  readonly sent: number;
  readonly answered: number;
  readonly seconds: number;
  /** As the racer itself reports them; null: it does not. */
  readonly latencyMs: { readonly p50: number; readonly p95: number | null; readonly p99: number };
  readonly cpuMsPerRequest: number;
  readonly maxRssMb: number;
}

/** What every racer asks for: as many requests a second as it says, or as many at once. */
export interface RaceOrder {
  readonly url: string;
  readonly seconds: number;
  readonly perSecond?: number;
  readonly concurrency: number;
}

/** The prompt and its frame: the same for all. */
export const raceBody = JSON.stringify({
  messages: [{ role: 'user', content: ' Please say yes if you can hear me over there now' }],
  max_tokens: 5,
  stream: false,
});

export const raceHeaders = { 'content-type': 'application/json', accept: 'application/json', 'api-key': 'bench' };

/** A piece of work with the CPU time of this process over it, and the most memory it ever had. */
export async function withUse(
  work: () => Promise<Omit<RaceResult, 'cpuMsPerRequest' | 'maxRssMb'>>,
): Promise<RaceResult> {
  const before = process.cpuUsage();
  const run = await work();
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  return { ...run, cpuMsPerRequest: cpuMs / run.answered, maxRssMb: process.resourceUsage().maxRSS / 1024 };
}

/** Nearest rank on a full sort. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

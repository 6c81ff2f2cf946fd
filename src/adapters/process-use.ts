/** What this process has used since it started: CPU time of all its threads, and the most memory it ever had at once. */
export interface ProcessUse {
  readonly cpuMs: number;
  readonly maxRssMb: number;
}

export function processUse(): ProcessUse {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, maxRssMb: maxRSS / 1024 };
}

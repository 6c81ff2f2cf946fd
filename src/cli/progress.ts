import { MultiBar, type SingleBar } from 'cli-progress';
import type { WantedAudit } from '../app/assemble';
import type { Report } from '../audit/report';
import type { AuditProgress } from '../audit/running/audit-now';
import type { CommandIo } from './command-io';

/** Shows how audits are getting on. */
export interface Progress {
  update(progress: AuditProgress): void;
  finish(report: Report): void;
  stop(): void;
}

/** On a terminal one line a running audit, kept up to date; elsewhere nothing, so that logs stay short. */
export function showProgress({ stderr }: Pick<CommandIo, 'stderr'>, limitOf: (customerId: string) => number): Progress {
  if (!stderr.isTTY) return { update() {}, finish() {}, stop() {} };
  const bars = new MultiBar({
    stream: stderr,
    format: '{customer} {check} [{bar}] {value} of {total} tokens/min · {probes} probes · {phase}',
    barsize: 16,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    linewrap: false,
    autopadding: true,
  });
  const lines = new Map<string, SingleBar>();
  return {
    update(progress) {
      const shown = { probes: progress.probes, phase: progress.phase };
      const line = lines.get(keyOf(progress));
      if (line) line.update(progress.tokens, shown);
      else {
        const names = { customer: progress.customerId.padEnd(12), check: progress.check.padEnd(14) };
        const total = limitOf(progress.customerId);
        lines.set(keyOf(progress), bars.create(total, progress.tokens, { ...names, ...shown }));
      }
    },
    finish(report) {
      const line = lines.get(keyOf(report));
      if (line) bars.remove(line);
      lines.delete(keyOf(report));
    },
    stop() {
      bars.stop();
    },
  };
}

function keyOf({ customerId, check }: WantedAudit): string {
  return `${customerId} ${check}`;
}

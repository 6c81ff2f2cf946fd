import type { Verdict } from '../src/audit/verdict';
import type { HostClock } from './host-clock';
import { verdictLine } from './verdict-line';
import type { WatchParts } from './watch-verdicts';

/** How often the same progress is told again. */
const repeatMs = 30_000;

type Tellers = Pick<WatchParts, 'onReport' | 'onProgress' | 'onAllDone' | 'onTrouble'>;

/** Tells verdicts, progress and trouble as lines. */
export function tellVerdicts(
  print: (line: string) => void,
  clock: Pick<HostClock, 'nowMs'>,
  style: 'coloured' | 'plain' = process.stdout.isTTY ? 'coloured' : 'plain',
): Tellers {
  const counts: Record<Verdict, number> = { pass: 0, fail: 0, inconclusive: 0 };
  let told = { text: '', atMs: 0 };
  return {
    onReport: (report) => {
      counts[report.verdict] += 1;
      print(verdictLine(report, style));
    },
    onProgress: (open) => {
      const running = open.filter(({ state }) => state === 'running');
      const names = running.map(({ customerId, check }) => `${check} of ${customerId}`).join(', ');
      const text = `… ${names ? `running ${names}; ` : ''}${open.length - running.length} waiting`;
      if (open.length === 0 || (text === told.text && clock.nowMs() - told.atMs < repeatMs)) return;
      told = { text, atMs: clock.nowMs() };
      print(text);
    },
    onAllDone: () => {
      const { pass, fail, inconclusive } = counts;
      print(`Done: ${pass} pass, ${fail} fail, ${inconclusive} inconclusive. From here on audits run on schedule.`);
    },
    onTrouble: (message) => print(`trouble: ${message}`),
  };
}

import type { LogLevel } from './worker/messages';

/** One log line. `function` and `invocationId` where it belongs to an invocation. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  readonly function?: string;
  readonly invocationId?: string;
}

export type Log = (entry: LogEntry) => void;

const levels: readonly LogLevel[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical'];

/** Writes entries of `minimum` level and above to a stream: as lines for people on a terminal, as JSON lines elsewhere. */
export function createLog(stream: { readonly isTTY?: boolean; write(text: string): unknown }, minimum: LogLevel): Log {
  return (entry) => {
    if (levels.indexOf(entry.level) < levels.indexOf(minimum)) return;
    const time = new Date().toISOString();
    stream.write(stream.isTTY ? `${forPeople(time, entry)}\n` : `${JSON.stringify({ time, ...entry })}\n`);
  };
}

function forPeople(time: string, entry: LogEntry): string {
  const what = entry.function ?? entry.category;
  return `${time.slice(11, 23)} ${entry.level.slice(0, 5).padEnd(5)} ${what}: ${entry.message}`;
}

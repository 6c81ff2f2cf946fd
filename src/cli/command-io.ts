import type { Settings } from '../config';

/** A stream to write to; `isTTY` and `columns` are there where it is a terminal. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command sees of the process that it runs in. */
export interface CommandIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Settings;
  /** The working directory; paths and `local.settings.json` are looked up there. */
  readonly folder: string;
  /** Aborted when the user wants an end (Ctrl-C). */
  readonly signal: AbortSignal;
}

/** Writes one line. */
export function printLine(stream: OutputStream, line: string): void {
  stream.write(`${line}\n`);
}

/** Whether text for this stream may be coloured: on a terminal, unless NO_COLOR is set (no-color.org). */
export function isColoured(stream: OutputStream, env: Settings): boolean {
  return stream.isTTY === true && !env.NO_COLOR;
}

import { once } from 'node:events';
import { type ExportFormat, exportPage } from '../api/history-export';
import type { HistoryFilter } from '../audit/ports';
import type { CommandParts } from './command-app';
import type { CommandIo } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';

export interface ExportOptions extends Omit<HistoryFilter, 'continuationToken' | 'top'> {
  readonly config?: string;
  readonly format: ExportFormat;
}

const auditsOfPage = 500;

/** `export`: a customer's whole history, or what of it fits the filters, on stdout; no more than a page is held. */
export async function exportCommand(
  customerId: string,
  options: ExportOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const { config, format, ...filter } = options;
  const app = await openCommandApp(config, io, parts);
  let continuationToken: string | null = null;
  let isFirst = true;
  do {
    const page = await app.history(customerId, {
      ...filter,
      top: auditsOfPage,
      ...(continuationToken !== null && { continuationToken }),
    });
    const isTaken = io.stdout.write(exportPage(format, { audits: page.audits, isFirst }));
    // A reader that is slower than storage must not fill our memory.
    if (!isTaken) await once(io.stdout, 'drain', { signal: io.signal }).catch(() => {});
    ({ continuationToken } = page);
    isFirst = false;
  } while (continuationToken !== null && !io.signal.aborted);
  return io.signal.aborted ? exitCodes.interrupted : exitCodes.pass;
}

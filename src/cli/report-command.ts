import { gatherPack, type Period } from '../api/audit-pack/gather-pack';
import { renderPack } from '../api/audit-pack/render-pack';
import type { CommandParts } from './command-app';
import type { CommandIo } from './command-io';
import { exitCodes } from './exit-code';
import { openCommandApp } from './open-app';

export interface ReportOptions extends Period {
  readonly config?: string;
}

/** `report`: the audit pack of a customer, one HTML file, on stdout. */
export async function reportCommand(
  customerId: string,
  options: ReportOptions,
  { io, ...parts }: CommandParts & { readonly io: CommandIo },
): Promise<number> {
  const { config, ...period } = options;
  const app = await openCommandApp(config, io, parts);
  io.stdout.write(renderPack(await gatherPack(app, customerId, period)));
  return exitCodes.pass;
}

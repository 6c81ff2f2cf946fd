import { resolve } from 'node:path';
import { openArm } from '../adapters/apim/apim-arm';
import { apisInFolder, openApimFolder } from '../adapters/apim/apim-folder';
import type { ApimSource } from '../apim/apim-source';
import { gatherConfiguration } from '../apim/gather-configuration';
import { type ImportedConfiguration, type ImportRequest, importConfiguration } from '../apim/import-configuration';
import { mergeImports } from '../apim/merge-imports';
import { AuditorError } from '../auditor-error';
import { parseConfig } from '../config';
import { readCliSettings } from './cli-settings';
import { type CommandIo, printLine } from './command-io';
import { exitCodes } from './exit-code';

export interface ImportOptions {
  readonly resourceId?: string;
  readonly folder?: string;
  readonly api: readonly string[];
  readonly product?: string;
  readonly deployment?: string;
  readonly apiVersion?: string;
  readonly gatewayUrl?: string;
  readonly tokensPerMinute?: number;
}

/**
 * `import`: a configuration, from an API Management's own, on stdout; what can't be decided from it, a line each, on
 * stderr. Keys by the names of settings only: no key is read.
 */
export async function importCommand(options: ImportOptions, io: CommandIo): Promise<number> {
  const { source, apis } = await openSource(options, io);
  const request: ImportRequest = {
    resourceId: options.resourceId ?? null,
    product: options.product ?? null,
    deployment: options.deployment ?? null,
    apiVersion: options.apiVersion ?? null,
    gatewayUrl: options.gatewayUrl ?? null,
    tokensPerMinute: options.tokensPerMinute ?? null,
  };
  const imported: ImportedConfiguration[] = [];
  for (const api of apis) {
    const wanted = { api, product: request.product, subscription: null, called: ['chat' as const], style: null };
    imported.push(importConfiguration(await gatherConfiguration(wanted, source), request));
  }
  const { notes, ...file } = mergeImports(imported);
  for (const note of notes) printLine(io.stderr, `note: ${note}`);
  if (file.customers.length === 0) {
    throw new AuditorError(
      'bad-usage',
      'No configuration was made: there is no active subscription whose limit can be told. The notes say why; --tokens-per-minute gives what was sold.',
    );
  }
  const text = JSON.stringify(file, null, 2);
  parseConfig(text, 'that was made', null);
  printLine(io.stdout, text);
  return exitCodes.pass;
}

async function openSource(
  { resourceId, folder, api }: ImportOptions,
  io: CommandIo,
): Promise<{ readonly source: ApimSource; readonly apis: readonly string[] }> {
  if ((resourceId === undefined) === (folder === undefined)) {
    throw new AuditorError('bad-usage', 'Give --resource-id with --api, or --folder.');
  }
  if (folder !== undefined) {
    const path = resolve(io.folder, folder);
    const source = openApimFolder(path);
    return { source, apis: api.length > 0 ? api : await apisInFolder(path) };
  }
  if (api.length === 0) throw new AuditorError('bad-usage', 'Give --api NAME, the API to be imported.');
  const settings = await readCliSettings(io);
  const endpoint = settings.AUDIT_ARM_ENDPOINT || undefined;
  return { source: openArm({ resourceId: resourceId ?? '', endpoint, signal: io.signal }), apis: api };
}

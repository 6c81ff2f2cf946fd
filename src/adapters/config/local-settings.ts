import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AuditorError } from '../../auditor-error';
import { errnoCode } from '../errno-code';

const localSettings = z.object({ Values: z.record(z.string(), z.string()).default({}) });

/**
 * The `Values` of a `local.settings.json` (the Functions tools' file for settings on a developer's machine); empty
 * where there is no such file. Throws `config-unreadable` where it is none; its text, which holds keys, is in no error.
 */
export async function readLocalSettings(path: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoCode(error) === 'ENOENT') return null;
    throw new AuditorError('config-unreadable', `Cannot read the settings ${path}; may this user read it?`, {
      cause: error,
    });
  });
  if (text === null) return {};
  const settings = localSettings.safeParse(jsonOf(text));
  if (settings.success) return settings.data.Values;
  throw new AuditorError(
    'config-unreadable',
    `The settings ${path} are no JSON object with "Values" that are all texts; local.settings.json.example shows one.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's message would repeat a piece of the text.
    return undefined;
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AuditorError } from '../src/auditor-error';

const localSettings = z.object({
  IsEncrypted: z.literal(false, { error: 'encrypted settings can not be read: decrypt them first' }).optional(),
  Values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
});

/**
 * The app's settings: `Values` of local.settings.json (which may be missing), and over them the environment: what it
 * already has wins. AZURE_FUNCTIONS_ENVIRONMENT is Development here, as under Core Tools.
 */
export function readSettings(folder: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const path = join(folder, 'local.settings.json');
  const values = existsSync(path) ? parseJson(path, localSettings).Values : {};
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...values, ...Object.fromEntries(set), AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
}

/** Reads a JSON file of the app against a schema. Throws `config-unreadable` or `config-invalid`, naming file and place. */
export function parseJson<Value>(path: string, schema: z.ZodType<Value>): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readText(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The parser's own message would repeat a piece of the text, which may be a key.
    throw new AuditorError('config-unreadable', `${path} is no valid JSON.`);
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new AuditorError('config-invalid', `${path} is not valid: ${problems.join('; ')}`, { problems });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new AuditorError('config-unreadable', `Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Replaces each `%NAME%` by the setting of that name. Throws `setting-missing` where there is none. */
export function fillIn(text: string, settings: Readonly<Record<string, string>>): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined)
      throw new AuditorError('setting-missing', `"%${name}%" names no app setting; set ${name}.`);
    return value;
  });
}

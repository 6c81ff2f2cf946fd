import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from './settings';

const schema = z.object({ name: z.string().default('functions-app'), main: z.string() });

/** The app's name and the files that make it. Throws `config-unreadable` or `config-invalid`. */
export function readPackage(folder: string): { readonly name: string; readonly main: string } {
  return parseJson(join(folder, 'package.json'), schema);
}

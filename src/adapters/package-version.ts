import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/**
 * The version in the nearest package.json above this file: built, bundled and tested code lie at different depths.
 * `unknown` where there is none: a version is not worth failing for.
 */
export function packageVersion(folder: string = __dirname): string {
  const path = join(folder, 'package.json');
  if (existsSync(path)) return manifest.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
  const parent = dirname(folder);
  return parent === folder ? 'unknown' : packageVersion(parent);
}

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface FunctionKey {
  readonly key: string;
  /** It was made just now, so nobody has seen it yet. */
  readonly isNew: boolean;
}

/** The key given, else the one kept in `path`; where there is none it is made, and kept readable for its owner only. */
export function readFunctionKey(given: string | undefined, path: string): FunctionKey {
  if (given) return { key: given, isNew: false };
  const kept = readKept(path);
  if (kept) return { key: kept, isNew: false };
  mkdirSync(dirname(path), { recursive: true });
  const key = randomBytes(24).toString('base64url');
  writeFileSync(path, `${key}\n`, { mode: 0o600 });
  return { key, isNew: true };
}

function readKept(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

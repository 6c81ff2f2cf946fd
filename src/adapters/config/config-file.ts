import { readFile, stat } from 'node:fs/promises';
import { errnoCode } from '../errno-code';
import type { ConfigSource } from './config-source';
import { configUnreadable, withoutByteOrderMark } from './config-text';

/** A configuration in a file. Its errors name it, and say what to do. */
export function openConfigFile(path: string): ConfigSource {
  return {
    name: path,
    isShared: false,
    async read(knownVersion) {
      try {
        const { mtimeMs, size, ino } = await stat(path);
        const version = `${ino}-${size}-${mtimeMs}`;
        if (version === knownVersion) return null;
        return { text: withoutByteOrderMark(await readFile(path, 'utf8')), version };
      } catch (cause) {
        throw configUnreadable(path, reasonOf(cause), cause);
      }
    },
  };
}

function reasonOf(cause: unknown): string {
  switch (errnoCode(cause)) {
    case 'ENOENT':
      return 'there is no such file; audit.config.example.json shows what to write';
    case 'EISDIR':
      return 'it is a folder; name the file in it';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

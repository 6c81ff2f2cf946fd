import { readFile } from 'node:fs/promises';
import { AuditorError } from '../auditor-error';
import { errnoCode } from './errno-code';

/**
 * Reads the text of a configuration file. Throws `config-unreadable` that names the file and says what to do. An
 * address's query is left out of messages: it may hold a signature.
 */
export async function readConfigFile(location: string): Promise<string> {
  if (/^https?:\/\//i.test(location)) {
    throw unreadable(location.replace(/\?.*$/, ''), 'addresses are not supported yet; name a file instead', undefined);
  }
  try {
    // Some editors put a byte order mark first, which is no JSON.
    return (await readFile(location, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    throw unreadable(location, reasonOf(cause), cause);
  }
}

function unreadable(location: string, reason: string, cause: unknown): AuditorError {
  return new AuditorError('config-unreadable', `Cannot read the configuration ${location}: ${reason}.`, {
    cause,
    location,
  });
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

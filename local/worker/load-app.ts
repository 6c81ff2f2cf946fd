import { globSync, readFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Loads every file that package.json's `main` names: a path or a glob with braces, relative to the app's folder.
 * ES modules are imported, others required. Throws where the pattern matches nothing, or whatever a file throws.
 */
export async function loadApp(appFolder: string, main: string): Promise<void> {
  const files = globSync(main, { cwd: appFolder }).sort();
  if (files.length === 0) {
    throw new Error(`Found zero files matching "${main}" (main in package.json) in ${appFolder}. Build the app first.`);
  }
  for (const file of files) {
    const path = resolve(appFolder, file);
    if (isEsModule(path)) await import(pathToFileURL(path).href);
    else require(path);
  }
}

function isEsModule(path: string): boolean {
  if (extname(path) === '.mjs') return true;
  return extname(path) === '.js' && nearestPackage(dirname(path)).type === 'module';
}

function nearestPackage(folder: string): { readonly type?: string } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: string };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return dirname(folder) === folder ? {} : nearestPackage(dirname(folder));
  }
}

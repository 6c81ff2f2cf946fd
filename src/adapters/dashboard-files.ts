import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AuditorError } from '../auditor-error';

/** The page's files, as `npm run build` puts them into `dist/dashboard`; all of them are text. */
export type DashboardFile = 'index.html' | 'main.js' | 'style.css' | 'icon.svg';

/** Reads a file of the page. Built, bundled and tested code lie at different depths: the nearest folder above counts. */
export function readDashboardFile(name: DashboardFile): string {
  const folder = dashboardFolder(__dirname);
  if (folder === null) {
    throw new AuditorError(
      'program-error',
      'The dashboard is not built: there is no dist/dashboard. Run npm run build.',
    );
  }
  return readFileSync(join(folder, name), 'utf8');
}

function dashboardFolder(folder: string): string | null {
  const path = join(folder, 'dist', 'dashboard');
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? null : dashboardFolder(parent);
}

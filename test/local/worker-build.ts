import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

/** Compiles the app's process as it stands in local/, so that tests never run one that was built earlier. */
export function buildWorker(): string {
  const outfile = join(mkdtempSync(join(tmpdir(), 'local-worker-')), 'worker.cjs');
  buildSync({
    entryPoints: [resolve(__dirname, '../../local/worker/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  return outfile;
}

import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { CounterCharges, LastCharge } from '../audit/ports';
import { AuditorError } from '../auditor-error';

const fileSchema = z.record(z.string(), z.object({ atMs: z.number(), tokens: z.number() }));

/**
 * When each counter was last charged, in one small file: what the command line remembers from one run to the next.
 * Makes the file's folder; throws `storage-unavailable`, before any traffic, where nothing can be written to it.
 */
export async function openChargeFile(path: string): Promise<CounterCharges> {
  await mkdir(dirname(path), { recursive: true })
    .then(() => access(dirname(path), constants.W_OK))
    .catch((cause: unknown) => {
      throw new AuditorError(
        'storage-unavailable',
        `Cannot write to ${dirname(path)}, where the last charges of each counter are kept. Set XDG_STATE_HOME to a folder that may be written to.`,
        { cause },
      );
    });
  let writing: Promise<void> = Promise.resolve();

  async function write(counter: string, charge: LastCharge): Promise<void> {
    const known = await readCharges(path);
    if ((known.get(counter)?.atMs ?? 0) >= charge.atMs) return;
    known.set(counter, charge);
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, JSON.stringify(Object.fromEntries(known)));
    await rename(draft, path);
  }

  return {
    last: async (counter) => (await readCharges(path)).get(counter) ?? null,
    record: (counter, charge) => {
      const done = writing.then(() => write(counter, charge));
      writing = done.catch(() => {});
      return done;
    },
  };
}

async function readCharges(path: string): Promise<Map<string, LastCharge>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw new AuditorError('storage-unavailable', `Cannot read ${path}: ${String(error)}`, { cause: error });
  });
  try {
    return new Map(Object.entries(fileSchema.parse(JSON.parse(text))));
  } catch (cause) {
    throw new AuditorError(
      'storage-corrupt',
      `The file ${path} does not say when counters were last charged. Delete it, and wait two minutes before the next audit.`,
      { cause },
    );
  }
}

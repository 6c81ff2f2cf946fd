import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { CounterCharges, LastCharge } from '../audit/ports';

const chargesSchema = z.record(z.string(), z.object({ atMs: z.number(), tokens: z.number() }));

/**
 * When counters were last charged, kept in a JSON file: for a command line without storage. A file that is missing or
 * unreadable knows nothing, which audits must be prepared for anyway; so reading never throws. It is replaced by renaming,
 * so that nobody reads half of it.
 */
export function openChargeFile(path: string): CounterCharges {
  let writing: Promise<void> = Promise.resolve();
  return {
    async last(counter) {
      await writing.catch(() => undefined);
      return (await readCharges(path)).get(counter) ?? null;
    },
    record(counter, charge) {
      // One after the other: each write holds what the ones before it knew.
      const written = writing.catch(() => undefined).then(() => writeCharge(path, counter, charge));
      writing = written;
      return written;
    },
  };
}

async function readCharges(path: string): Promise<Map<string, LastCharge>> {
  try {
    return new Map(Object.entries(chargesSchema.parse(JSON.parse(await readFile(path, 'utf8')))));
  } catch {
    // Missing, cut off or of another version: nothing is known.
    return new Map();
  }
}

async function writeCharge(path: string, counter: string, charge: LastCharge): Promise<void> {
  const charges = await readCharges(path);
  const known = charges.get(counter);
  if (known !== undefined && known.atMs > charge.atMs) return;
  charges.set(counter, charge);
  await mkdir(dirname(path), { recursive: true });
  const newFile = `${path}.${randomUUID()}`;
  try {
    await writeFile(newFile, `${JSON.stringify(Object.fromEntries(charges), null, 2)}\n`);
    await rename(newFile, path);
  } finally {
    await rm(newFile, { force: true });
  }
}

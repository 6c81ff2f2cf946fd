import { type CustomerHead, type DigestMark, makeDigest } from '../src/audit/proof/digest';
import type { StoredDigest } from '../src/audit/proof/digest-store';
import { verifyDigests } from '../src/audit/proof/verify-digests';
import { aSigningKey } from '../test/audit/proof/a-signing-key';

/*
 * What a year of digests takes to verify, without storage: 8,760 of them, made while they are read, each with another
 * head for every one of so many customers, of whom 50 are held against their chains at once.
 *
 *   npx esbuild bench/digests.ts --bundle --platform=node --outfile=dist/bench/digests.js
 *   node --expose-gc dist/bench/digests.js 1000
 */
const customers = Number(process.argv[2] ?? 50);
const digests = Number(process.argv[3] ?? 8760);
const wanted = new Set(Array.from({ length: 50 }, (_, at) => idOf(at)));

function idOf(at: number): string {
  return `customer-${String(at).padStart(4, '0')}`;
}

function headsAt(hour: number): readonly CustomerHead[] {
  return Array.from({ length: customers }, (_, at) => {
    const hash = (hour * 100_003 + at).toString(16).padStart(64, '0');
    return { customerId: idOf(at), sequence: hour + 1, hash };
  });
}

let makingMs = 0;

async function* series(): AsyncGenerator<StoredDigest> {
  const key = aSigningKey();
  let previous: DigestMark | null = null;
  for (let hour = 0; hour < digests; hour++) {
    const startedMs = performance.now();
    const { mark, text }: Awaited<ReturnType<typeof makeDigest>> = await makeDigest(
      { nowMs: Date.UTC(2026, 0, 1, hour), heads: headsAt(hour), previous },
      key,
    );
    makingMs += performance.now() - startedMs;
    previous = mark;
    yield { name: mark.name, text };
  }
}

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

async function main(): Promise<void> {
  const before = heapMiB();
  const startedMs = performance.now();
  const known = { keys: aSigningKey().trusted, mark: null, isWanted: (id: string) => wanted.has(id) };
  const { integrity, witnesses } = await verifyDigests(series(), known);
  const tookMs = performance.now() - startedMs - makingMs;
  const held = heapMiB() - before;
  const seen = [...witnesses.values()].reduce((total, one) => total + one.length, 0);
  process.stdout.write(
    `${integrity.digests} digests of ${customers} customers, intact: ${integrity.intact}; ${(tookMs / 1000).toFixed(1)} s, ` +
      `${(tookMs / integrity.digests).toFixed(2)} ms each; ${seen} heads held in ${held.toFixed(0)} MiB\n`,
  );
}

void main();

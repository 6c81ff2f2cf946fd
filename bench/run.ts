import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Bench, BenchRow } from './bench';
import { benches } from './benches';
import { describeMachine } from './machine';
import { renderMarkdown, renderRows } from './render-rows';

const markdownOption = '--markdown';

/*
 * `npm run bench`, or `npm run bench -- closed-loop verify` for some: one table on stdout (with `--markdown` as it stands in
 * docs/performance.md) and the same with its samples in bench/results/. Exit code 1 where a bench broke; a goal that is not reached is said in the table and breaks nothing.
 */
async function main(told: readonly string[]): Promise<number> {
  const wanted = told.filter((name) => name !== markdownOption);
  const unknown = wanted.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    tell(`No bench is named ${unknown.join(', ')}; there are:`);
    for (const [name, { about }] of Object.entries(benches)) tell(`  ${name.padEnd(18)} ${about}`);
    return 3;
  }
  const root = resolve(__dirname, '..', '..');
  const machine = describeMachine(root);
  const chosen = Object.entries(benches).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  const startedAt = new Date();
  const rows: BenchRow[] = [];
  const broken: { readonly bench: string; readonly because: string }[] = [];
  for (const [name, bench] of chosen) {
    try {
      rows.push(...(await runOne(name, bench)));
    } catch (error) {
      const because = error instanceof Error ? (error.stack ?? error.message) : String(error);
      broken.push({ bench: name, because });
      tell(`${name} broke: ${because}`);
    }
  }
  process.stdout.write(`${told.includes(markdownOption) ? renderMarkdown(rows) : renderRows(rows)}\n`);
  const file = join(root, 'bench', 'results', `${startedAt.toISOString().replaceAll(':', '-').slice(0, 19)}Z.json`);
  mkdirSync(join(root, 'bench', 'results'), { recursive: true });
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  writeFileSync(
    file,
    `${JSON.stringify({ startedAt: startedAt.toISOString(), seconds, machine, rows, broken }, null, 2)}\n`,
  );
  tell(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${seconds} s. Written to ${file}.`);
  return broken.length === 0 ? 0 : 1;
}

async function runOne(name: string, bench: Bench): Promise<readonly BenchRow[]> {
  tell(`${name}: ${bench.about}`);
  const measures = await bench.run((line) => tell(`  ${line}`));
  return measures.map((measure) => ({ bench: name, ...measure }));
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});

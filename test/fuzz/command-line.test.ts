import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { aConfigFile } from '../a-config';
import { anApp, type TestApp } from '../app/an-app';
import { outputOf } from '../cli/command-output';
import { hostileText, inputs, prototypes } from './hostile-text';

/** Command lines that nobody should type. Those commands that work for minutes or write files are left out. */
const commands = [
  ['run'],
  ['config', 'check'],
  ['config', 'from-env'],
  ['config', 'schema'],
  ['config'],
  ['status'],
  ['history'],
  ['usage'],
  ['export'],
  ['verify'],
  ['report'],
  ['diff'],
  ['rejudge'],
  ['completion'],
  ['help'],
  [],
];
const flags = [
  '--config',
  '--customer',
  '--check',
  '--parallel',
  '--json',
  '--store',
  '--no-keys',
  '--tokens-per-minute',
  '--verdict',
  '--from',
  '--to',
  '--top',
  '--format',
  '--against',
  '--audit',
  '--digests',
  '--help',
  '--version',
  '--__proto__',
  '--constructor',
  '--',
];
const runs = Math.ceil(inputs / 3);

let tested: TestApp;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-audit-fuzz-'));
  writeFileSync(join(folder, 'audit.config.json'), JSON.stringify(aConfigFile()));
  tested = await anApp({ customers: [{}, { id: 'constructor' }] });
  const wanted = [{ customerId: 'contoso', check: 'access' }] as const;
  await tested.app.audit(wanted, { trigger: 'cli', parallel: 1, store: true });
});

afterAll(() => {
  tested.close();
  rmSync(folder, { recursive: true, force: true });
});

const likely = fc.constantFrom(
  'contoso',
  'constructor',
  'access',
  'audit.config.json',
  '1',
  '2026-01-05',
  'csv',
  'bash',
);
const argument = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...flags) },
  { weight: 2, arbitrary: likely },
  { weight: 3, arbitrary: hostileText },
);
/** Of a command's own, with a value that is nearly right, or anything at all. */
const commandLine = fc
  .tuple(fc.constantFrom(...commands), fc.array(argument, { maxLength: 6 }))
  .map((both) => both.flat());

test(
  `${runs} hostile command lines: each ends with an exit code of its caller's, and a sentence`,
  async () => {
    const before = prototypes();
    await fc.assert(
      fc.asyncProperty(commandLine, async (args) => {
        const surroundings = { app: tested.app, folder, env: { CONTOSO_KEY: 'contoso-demo-key' } };
        const { exitCode, stdout, stderr } = await outputOf(args, surroundings);
        expect({ exitCode, stderr }).toEqual({
          exitCode: expect.any(Number),
          stderr: expect.not.stringContaining('mistake of ours'),
        });
        expect([0, 1, 2, 3]).toContain(exitCode);
        if (exitCode === 3) expect(stderr).not.toBe('');
        expect(`${stdout}${stderr}`).not.toContain('contoso-demo-key');
      }),
      { numRuns: runs, verbose: 1 },
    );
    expect(prototypes()).toEqual(before);
  },
  60_000 + inputs * 100,
);

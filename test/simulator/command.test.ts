import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSimulatorCommand } from '../../simulator/command';
import { contoso } from './drive';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function aFile(name: string, content: object | string): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function run(...argv: string[]) {
  const printed: string[] = [];
  const complained: string[] = [];
  const output = { print: (line: string) => printed.push(line), complain: (line: string) => complained.push(line) };
  return { simulator: await runSimulatorCommand(argv, output), printed, complained };
}

test('prints one line with its address and customers', async () => {
  const config = aFile('ok.json', { customers: [contoso, { ...contoso, id: 'northwind', key: 'other' }] });
  const { simulator, printed, complained } = await run('--config', config, '--port', '0');
  await simulator?.close();
  expect(printed).toEqual([`Gateway simulator on ${simulator?.url}/aoai for contoso, northwind`]);
  expect(complained).toEqual([]);
});

test('says that the port is taken, and what to do', async () => {
  const config = aFile('ok.json', { customers: [contoso] });
  const { simulator } = await run('--config', config, '--port', '0');
  const second = await run('--config', config, '--port', String(simulator?.port));
  await simulator?.close();
  expect(second).toMatchObject({ simulator: null, printed: [] });
  expect(second.complained).toEqual([
    `Cannot start the gateway simulator: listen EADDRINUSE: address already in use 127.0.0.1:${simulator?.port}. Stop what uses that port, or choose another with --port.`,
  ]);
});

test.each<[string, object | string, RegExp]>([
  ['no JSON', '{', /bad\.json cannot be read as JSON: /],
  ['a wrong value', { customers: [{ ...contoso, tokensPerMinute: 0 }] }, /\n {2}customers\.0\.tokensPerMinute: /],
  ['an APIM file that is missing', { customers: [contoso], apimBackends: 'none.json' }, /none\.json cannot be read/],
])('refuses a configuration with %s and starts nothing', async (_, content, problem) => {
  const { simulator, complained } = await run('--config', aFile('bad.json', content), '--port', '0');
  expect(simulator).toBeNull();
  expect(complained).toEqual([expect.stringMatching(problem)]);
});

test('refuses a port that is none', async () => {
  const { simulator, complained } = await run('--port', 'http');
  expect(simulator).toBeNull();
  expect(complained.join('\n')).toContain('A port is a number from 0 to 65535.');
});

test("reads API Management's own definitions from a file beside the configuration", async () => {
  const page = { value: [{ name: 'ptu', properties: { type: 'Single', url: 'https://ptu.openai.azure.com/openai' } }] };
  aFile('backends.json', page);
  const config = aFile('ok.json', { customers: [contoso], apimBackends: 'backends.json' });
  const { simulator } = await run('--config', config, '--port', '0');
  const truth = await (await fetch(`${simulator?.url}/__truth`)).json();
  await simulator?.close();
  expect(truth).toMatchObject({ backends: [{ id: 'ptu', region: 'ptu' }] });
});

import { execFileSync } from 'node:child_process';
import { checkNames } from '../../src/audit/declaration';
import { outputOf } from './command-output';

/** What bash would offer after this line. */
async function offered(line: string): Promise<readonly string[]> {
  const { stdout: script } = await outputOf(['completion', 'bash']);
  const words = line.split(' ');
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const asked = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _gateway_audit; echo "\${COMPREPLY[@]}"`;
  const printed = execFileSync('bash', ['--norc', '-c', `${script}\n${asked}`], { encoding: 'utf8' });
  return printed.trim() === '' ? [] : printed.trim().split(' ');
}

test.each<[string, readonly string[]]>([
  ['gateway-audit ver', ['verify']],
  ['gateway-audit config ', ['check', 'schema', 'from-env', '--help']],
  ['gateway-audit config check --no', ['--no-keys']],
  ['gateway-audit verify contoso --', ['--config', '--digests', '--public-key', '--json', '--help']],
  ['gateway-audit history contoso --check ', checkNames],
  ['gateway-audit history contoso --verdict f', ['fail']],
  ['gateway-audit export contoso --format ', ['csv', 'ndjson']],
  ['gateway-audit completion ', ['bash', 'zsh', '--help']],
  ['gateway-audit nonsense --ver', ['--version']],
  ['gateway-audit run --config audit', []],
])('bash offers after %j what is possible there', async (line, words) => {
  expect(await offered(line)).toEqual(words);
});

test('every command is offered', async () => {
  const { stdout } = await outputOf(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*\S/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  expect(await offered('gateway-audit ')).toEqual(expect.arrayContaining(commands));
});

test('zsh gets the same by its own bridge, and another shell a clear line', async () => {
  const [bash, zsh] = [await outputOf(['completion', 'bash']), await outputOf(['completion', 'zsh'])];
  expect(zsh.stdout).toBe(`autoload -U +X bashcompinit && bashcompinit\n${bash.stdout}`);
  expect(await outputOf(['completion', 'fish'])).toMatchObject({ exitCode: 3, stdout: '' });
});

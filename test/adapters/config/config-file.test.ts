import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConfigFile } from '../../../src/adapters/config/config-file';
import { readLocalSettings } from '../../../src/adapters/config/local-settings';

async function aFile(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'gateway-audit-')), 'a-file.json');
  await writeFile(path, text);
  return path;
}

describe('a configuration file', () => {
  test('is read as text, without a byte order mark', async () => {
    expect(await openConfigFile(await aFile('\uFEFF{}\n')).read(null)).toMatchObject({ text: '{}\n' });
  });

  test('that is missing is named, and what to do about it', async () => {
    const path = join(await aFile(''), '..', 'missing.json');
    await expect(openConfigFile(path).read(null)).rejects.toMatchObject({
      code: 'config-unreadable',
      message: `Cannot read the configuration ${path}: there is no such file; audit.config.example.json shows what to write.`,
    });
  });

  test('that is a folder is named', async () => {
    const path = join(await aFile(''), '..');
    await expect(openConfigFile(path).read(null)).rejects.toMatchObject({
      code: 'config-unreadable',
      message: `Cannot read the configuration ${path}: it is a folder; name the file in it.`,
    });
  });

  test('is read again only when it has changed', async () => {
    const path = await aFile('{}');
    const source = openConfigFile(path);
    const first = await source.read(null);
    expect(await source.read(first?.version ?? null)).toBeNull();
    await writeFile(path, '{ "gateways": [] }');
    expect(await source.read(first?.version ?? null)).toMatchObject({ text: '{ "gateways": [] }' });
  });
});

describe('local settings', () => {
  test('are the values of the file', async () => {
    const path = await aFile('\uFEFF{ "IsEncrypted": false, "Values": { "A": "1" }, "Host": { "CORS": "*" } }');
    expect(await readLocalSettings(path)).toEqual({ A: '1' });
  });

  test('of a missing file are none', async () => {
    expect(await readLocalSettings(join(await aFile(''), '..', 'missing.json'))).toEqual({});
  });

  test.each(['{ "Values": { "A": 1 } }', '{ "Values": { "KEY": "secret"', '[]'])(
    'that are none (%s) are refused without their text',
    async (text) => {
      const path = await aFile(text);
      await expect(readLocalSettings(path)).rejects.toMatchObject({
        code: 'config-unreadable',
        message: `The settings ${path} are no JSON object with "Values" that are all texts; local.settings.json.example shows one.`,
      });
    },
  );
});

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../../src/adapters/package-version';

test('is that of the nearest package.json above', () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
  expect(packageVersion()).toBe(version);
});

test('is unknown where there is none', () => {
  expect(packageVersion(tmpdir())).toBe('unknown');
});

import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { showProgress } from '../../src/cli/progress';
import { aReport } from './command-output';

const running = { phase: 'coarse', probes: 3, inFlight: 1, elapsedMs: 1000, tokens: 42 };

async function shown(terminal: object): Promise<string> {
  const stderr = Object.assign(new PassThrough(), terminal);
  const printed = text(stderr);
  const progress = showProgress({ stderr }, () => 100);
  progress.update({ customerId: 'contoso', check: 'token-limit', ...running });
  progress.update({ customerId: 'northwind', check: 'access', ...running, phase: 'keys', tokens: 0 });
  progress.update({ customerId: 'contoso', check: 'token-limit', ...running, probes: 4, tokens: 60 });
  progress.finish(aReport({ customerId: 'northwind', check: 'access', verdict: 'pass' }));
  progress.stop();
  stderr.end();
  return printed;
}

test('a terminal shows each running audit as it is now: phase, probes, tokens against the limit', async () => {
  const output = stripVTControlCharacters(await shown({ isTTY: true, columns: 120 }));
  expect(output.match(/\S.*/g)).toEqual([
    'contoso      token-limit    [==========------] 60 of 100 tokens/min · 4 probes · coarse',
  ]);
});

test('elsewhere nothing is shown', async () => {
  expect(await shown({})).toBe('');
});

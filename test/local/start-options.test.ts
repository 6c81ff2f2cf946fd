import { readStartOptions } from '../../local/start-options';
import { readWholeNumber } from '../../local/whole-number';

test.each([
  [[], { config: null, simulator: true }],
  [['--config', 'a.json', '--no-simulator'], { config: 'a.json', simulator: false }],
  [['-h'], 'help'],
])('%j is read as %j', (args, options) => {
  expect(readStartOptions(args)).toEqual(options);
});

test.each([[['--simulator']], [['a.json']], [['--config']]])('%j is refused with the usage', (args) => {
  expect(() => readStartOptions(args)).toThrow(
    expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining('Usage: npm start') }),
  );
});

const bounds = { least: 0, most: 65_535, fallback: 7071 };

test.each([
  [undefined, 7071],
  ['', 7071],
  ['0', 0],
  ['65535', 65_535],
])('PORT %j is %d', (text, port) => {
  expect(readWholeNumber('PORT', text, bounds)).toBe(port);
});

test.each(['-1', '65536', 'http', '1e3', ' 80'])('PORT %j is refused', (text) => {
  expect(() => readWholeNumber('PORT', text, bounds)).toThrow(
    expect.objectContaining({
      code: 'bad-usage',
      message: `PORT is "${text}"; it must be a whole number from 0 to 65535.`,
    }),
  );
});

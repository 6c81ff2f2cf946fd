import * as fc from 'fast-check';

/** Texts that somebody once broke a program with: quotes for OData and SQL, paths, prototypes, numbers, times, characters. */
const known = [
  '',
  ' ',
  "'",
  "''",
  "contoso' or PartitionKey ne '",
  "x' or 1 eq 1 or 'x' eq 'x",
  "r-' and RowKey lt 'z",
  "datetime'2026-01-01T00:00:00Z'",
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '../contoso',
  '..%2f..%2fadmin',
  'a/b',
  'a\\b',
  '%00',
  '\u0000',
  '%',
  '%zz',
  '\r\nx-injected: 1',
  '<script>alert(1)</script>',
  '=cmd()',
  '🚀',
  '\ud800',
  '\uffff',
  'İ',
  'x'.repeat(64),
  'x'.repeat(5000),
  'NaN',
  '-1',
  '0',
  '0001',
  '1001',
  '1e3',
  '0x10',
  '99999999999999999999',
  '1.5',
  'null',
  'true',
  '[]',
  '{}',
  '2026-13-45',
  '2026-02-30',
  '0000-01-01',
  '9999-12-31',
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59-23:59',
  '0000-01-01T00:00:00+23:59',
  '+275760-09-13T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '2026-01-05T12:00:60Z',
  '2026-01-05T12:00Z',
  'now',
] as const;

/** A hostile text: one that is known, one of any characters, or a longer one of any. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...known) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 200 }) },
);

/** JSON whose objects hold `__proto__` and `constructor` as keys of their own, as text: an object literal could not. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"check":"access","__proto__":{"polluted":true}}',
    '{"check":{"__proto__":{"polluted":true}}}',
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    '{"check":"access","check":"usage"}',
    '{"check":1e999}',
    '{',
    '',
    '\ufeff{}',
  ),
  fc.json(),
  hostileText,
);

/** Inputs that a run makes: a few hundred with all tests, as many as `npm run test:fuzz` is told. */
export const inputs = Number(process.env.FUZZ_INPUTS ?? 300);

/** What the prototypes of all objects, lists and functions hold: the same before and after, or somebody changed them. */
export function prototypes(): readonly string[] {
  return [Object.prototype, Array.prototype, Function.prototype].flatMap((one) => Object.getOwnPropertyNames(one));
}

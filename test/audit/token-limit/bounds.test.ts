import { bucketPaysIn, leftBetween, possiblyUsed, surelyUsed } from '../../../src/audit/token-limit/bounds';
import type { LedgerCharge } from '../../../src/audit/token-limit/ledger';

const minuteStartMs = Date.UTC(2026, 0, 5, 12);

/** A charge of a probe sent at that second of the minute, that landed within the second after. */
function charge(atSeconds: number, tokens: number, low = tokens): LedgerCharge {
  const sentMs = minuteStartMs + 1000 * atSeconds;
  return { sentMs, fromMs: sentMs, toMs: sentMs + 1000, low, high: tokens };
}

/** A decision within half a second after that second of the minute. */
function decisionAt(atSeconds: number, ownPrompt = 0) {
  const sentMs = minuteStartMs + 1000 * atSeconds;
  return { sentMs, decidedByMs: sentMs + 500, ownPrompt };
}

const charges = [charge(10, 600), charge(20, 300)];

describe('what had surely been used when a probe was admitted', () => {
  test.each([
    ['sliding-window', 'nothing before the charge can have landed', 10.5, 0],
    ['sliding-window', 'the first once it must have landed', 11, 600],
    ['sliding-window', 'both', 21, 900],
    ['sliding-window', 'both just before the first may have aged out', 69.4, 900],
    ['sliding-window', 'the second once the first may have aged out', 69.5, 300],
    ['sliding-window', 'nothing once both may have aged out', 79.5, 0],
    ['token-bucket', 'the first, less the refill until the decision', 11, 600 / (1 + 1.5 / 60)],
    ['token-bucket', 'both since the first', 21, 900 / (1 + 11.5 / 60)],
    ['token-bucket', 'both since the first, however long ago', 130, 900 / (1 + 120.5 / 60)],
    ['fixed-window', 'both within the minute', 55, 900],
    ['fixed-window', 'nothing where the minute may have turned already', 58.5, 0],
    ['fixed-window', 'nothing in the next minute', 61, 0],
  ] as const)('%s: %s', (kind, _, atSeconds, tokens) => {
    expect(surelyUsed(kind, charges, decisionAt(atSeconds))).toBeCloseTo(tokens, 6);
  });

  test('a charge in the first two seconds of a minute may belong to the one before', () => {
    expect(surelyUsed('fixed-window', [charge(1, 600), charge(10, 300)], decisionAt(30))).toBe(300);
  });

  test.each(['sliding-window', 'token-bucket', 'fixed-window'] as const)(
    '%s: what is not sure counts nothing',
    (kind) => {
      expect(surelyUsed(kind, [charge(10, 600, 0)], decisionAt(30))).toBe(0);
    },
  );
});

describe('what may have been used when a probe was refused', () => {
  test.each([
    ['sliding-window', 'the first as soon as it was sent', 9.6, 600],
    ['sliding-window', 'both', 21, 900],
    ['sliding-window', 'both until the first must have aged out', 70.9, 900],
    ['sliding-window', 'the second once the first must have aged out', 71, 300],
    ['sliding-window', 'nothing once both must have aged out', 81, 0],
    ['token-bucket', 'both, less the refill since the first landed at the latest', 21, 900 / (1 + 10 / 60)],
    [
      'token-bucket',
      'the larger of what was charged since any start',
      23,
      Math.max(900 / (1 + 12 / 60), 300 / (1 + 2 / 60)),
    ],
    ['token-bucket', 'ever less of it later', 141, 900 / (1 + 130 / 60)],
    ['fixed-window', 'both within the minute', 55, 900],
    ['fixed-window', 'both where the next minute may not have begun', 61.9, 900],
    ['fixed-window', 'nothing in the next minute', 62, 0],
  ] as const)('%s: %s', (kind, _, atSeconds, tokens) => {
    expect(possiblyUsed(kind, charges, decisionAt(atSeconds))).toBeCloseTo(tokens, 6);
  });

  test.each(['sliding-window', 'token-bucket', 'fixed-window'] as const)(
    '%s: the refused prompt itself, where a gateway counts it before the answer',
    (kind) => {
      expect(possiblyUsed(kind, [], decisionAt(30, 25))).toBe(25);
    },
  );
});

describe('what is left', () => {
  const at = (atSeconds: number) => ({
    fromMs: minuteStartMs + 1000 * atSeconds,
    toMs: minuteStartMs + 1000 * atSeconds,
  });
  const limits = { low: 900, high: 1100 };

  test.each([
    ['sliding-window', 30, { least: 0, most: 200 }],
    ['sliding-window', 75, { least: 600, most: 800 }],
    ['fixed-window', 30, { least: 0, most: 200 }],
    ['fixed-window', 75, { least: 900, most: 1100 }],
    ['token-bucket', 21, { least: 150, most: 1100 * (1 + 11 / 60) - 900 }],
    ['token-bucket', 120, { least: 900, most: 1100 }],
  ] as const)('%s, at second %d', (kind, atSeconds, left) => {
    const { least, most } = leftBetween(kind, limits, { charges, ...at(atSeconds) });
    expect(least).toBeCloseTo(left.least, 6);
    expect(most).toBeCloseTo(left.most, 6);
  });

  test('a charge of the answer itself may or may not have landed', () => {
    const [first, second] = charges;
    if (first === undefined || second === undefined) throw new Error('there are two charges');
    const use = { charges, ...at(21), ownCharge: second };
    expect(leftBetween('sliding-window', limits, use)).toEqual({ least: 0, most: 500 });
  });

  test.each([
    ['a debt is paid at the rate of the limit', 1000, [charge(10, 1200)], 12_000],
    ['charges that came later find what refilled before', 600, [charge(10, 600), charge(40, 300)], 0],
    ['nothing is owed', 1000, [charge(10, 900)], 0],
  ])('%s', (_, limit, owed, waitMs) => {
    const last = Math.max(...owed.map((one) => one.toMs));
    expect(bucketPaysIn(limit, owed, last)).toBeCloseTo(waitMs, 6);
  });
});

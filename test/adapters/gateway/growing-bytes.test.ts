import { growingBytes } from '../../../src/adapters/gateway/growing-bytes';

test('keeps what comes, in order, and tells how much it is', () => {
  const kept = growingBytes(100_000);
  expect(kept.bytes()).toEqual(Buffer.alloc(0));
  expect([kept.add(Buffer.from('ab')), kept.add(Buffer.alloc(0)), kept.add(Buffer.from('c'))]).toEqual([2, 2, 3]);
  expect(kept.bytes().toString()).toBe('abc');
});

test('takes as much as the limit and not a byte more, however small the parts are', () => {
  const kept = growingBytes(40_000);
  const lengths = Array.from({ length: 40_001 }, () => kept.add(Buffer.from('x')));
  expect(lengths.slice(-2)).toEqual([40_000, null]);
  expect(kept.bytes().toString()).toBe('x'.repeat(40_000));
});

test('takes a part that is larger than all before it', () => {
  const kept = growingBytes(1_000_000);
  kept.add(Buffer.from('a'));
  kept.add(Buffer.alloc(900_000, 'b'));
  expect(kept.bytes().length).toBe(900_001);
  expect(kept.add(Buffer.alloc(100_000))).toBeNull();
});

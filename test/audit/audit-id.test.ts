import { newAuditId, seedOf } from '../../src/audit/audit-id';

test('an audit id is the UUIDv7 of its moment and its random bytes', () => {
  // The moment and the random bits of RFC 9562, appendix A.6.
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(newAuditId(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('ids sort by the moment at which they were given', () => {
  const ids = [1_767_614_400_000, 1_767_614_400_001, 1_900_000_000_000].map((ms) =>
    newAuditId(ms, new Uint8Array(10).fill(255)),
  );
  expect(ids.toSorted()).toEqual(ids);
});

test('a seed is a number of 32 bits that only the id decides', () => {
  const ids = Array.from({ length: 200 }, (_, index) => newAuditId(index, new Uint8Array(10)));
  const seeds = ids.map(seedOf);
  expect(new Set(seeds).size).toBe(200);
  expect(seeds.filter((seed) => !Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)).toEqual([]);
  expect(ids.map(seedOf)).toEqual(seeds);
});

/** Mulberry32: 32 random bits a call from 32 bits of seed; what we draw needs to be varied, not secret. */
export function seededRandomBits(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Whole numbers from `least` to `most`, both inclusive; the same for the same seed. */
export function seededWholeNumbers(seed: number): (least: number, most: number) => number {
  const bits = seededRandomBits(seed);
  return (least, most) => least + Math.floor((bits() / 2 ** 32) * (most - least + 1));
}

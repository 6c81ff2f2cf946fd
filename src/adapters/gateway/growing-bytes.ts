/** Bytes that come in parts; `null` from `add`: there would be more than the limit, and nothing more is kept. */
export interface GrowingBytes {
  add(part: Uint8Array): number | null;
  /** What came so far. */
  bytes(): Buffer;
}

const firstBytes = 1024;
const nothing = Buffer.alloc(0);

/**
 * Keeps a body in one buffer that doubles, up to `maxBytes`. A list of the parts would let the sender choose what a byte
 * costs us: a chunked body of single bytes would keep an object, and the packet it came in, for each of them.
 */
export function growingBytes(maxBytes: number): GrowingBytes {
  let kept = nothing;
  let length = 0;
  return {
    add(part) {
      const needed = length + part.length;
      if (needed > maxBytes) return null;
      if (needed > kept.length) {
        const larger = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(firstBytes, 2 * kept.length, needed)));
        kept.copy(larger, 0, 0, length);
        kept = larger;
      }
      kept.set(part, length);
      length = needed;
      return length;
    },
    bytes: () => kept.subarray(0, length),
  };
}

import { createHash } from 'node:crypto';

/** How many random bytes `newAuditId` takes. */
export const auditIdRandomBytes = 10;

const variantBits = 0x80;
const versionBits = 0x70;

/**
 * A UUIDv7 (RFC 9562, section 5.7): 48 bits of epoch milliseconds, then version, variant and 74 random bits, so that
 * ids sort by the time at which they were given.
 */
export function newAuditId(nowMs: number, random: Uint8Array): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.floor(nowMs), 0, 6);
  bytes.set(random.subarray(0, auditIdRandomBytes), 6);
  bytes.writeUInt8(versionBits | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(variantBits | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The randomness of an audit's check as a number of 32 bits: an audit that is run again asks the same. */
export function seedOf(auditId: string): number {
  return createHash('sha256').update(auditId).digest().readUInt32BE(0);
}

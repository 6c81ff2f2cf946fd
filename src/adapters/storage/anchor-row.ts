import { z } from 'zod';
import type { Anchor } from '../../audit/proof/anchor';
import { anchorKey } from './history-keys';
import { corrupt, parseJson, textIn } from './row-values';
import type { NewRow, StoredRow } from './storage-table';

const content = {
  format: z.literal('gateway-audit-anchor/1'),
  customerId: z.string(),
  sequence: z.int().min(1),
  hash: z.string(),
  purgedAt: z.string(),
  purgedBefore: z.string(),
};
const anchorSchema: z.ZodType<Anchor> = z.union([
  z.strictObject({
    ...content,
    key: z.strictObject({ algorithm: z.enum(['Ed25519', 'ES256']), id: z.string() }),
    signature: z.string(),
  }),
  z.strictObject(content),
]);

/** The anchor as it was signed, as JSON; sequence and hash beside it for whoever reads the table. */
export function toAnchorRow(anchor: Anchor): NewRow {
  const { customerId, sequence, hash } = anchor;
  return { ...anchorKey(customerId), sequence, hash, anchor: JSON.stringify(anchor) };
}

export function fromAnchorRow(row: StoredRow): Anchor {
  const parsed = anchorSchema.safeParse(parseJson<unknown>(row, textIn(row, 'anchor')));
  if (!parsed.success) throw corrupt(row, 'it holds no anchor');
  const { sequence, hash } = parsed.data;
  if (row.sequence !== sequence || row.hash !== hash) throw corrupt(row, 'its columns do not say what its anchor says');
  return parsed.data;
}

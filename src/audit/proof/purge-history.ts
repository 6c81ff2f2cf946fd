import type { Clock } from '../../probe/clock';
import type { History, StoredLink } from '../ports';
import { type Anchor, anchorTrouble, makeAnchor } from './anchor';
import { type ChainHead, hashOfReport } from './hash-chain';
import type { OldRecord, OldRecords, Retention } from './retention';
import type { SigningKey } from './signature';
import { verifyChain } from './verify-chain';

export interface PurgePorts {
  readonly history: Pick<History, 'readHead'>;
  readonly retention: Retention;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Null: anchors are not signed. */
  readonly key: SigningKey | null;
}

export interface PurgeOrder {
  readonly customerId: string;
  /** Audits that ended before it go; epoch ms. */
  readonly beforeMs: number;
  /** What is not done by then is left for the next time; epoch ms. */
  readonly endsAtMs: number;
}

/** `refused`: why nothing was taken away; what does not verify is evidence and stays. */
export type Purged =
  | { readonly removed: number; readonly isDone: boolean; readonly refused?: never }
  | { readonly refused: string; readonly removed?: never; readonly isDone?: never };

/** Reports of a page that is verified, and audits of a batch that is deleted. */
const readAtOnce = 500;
const removeAtOnce = 20;
/** A century: no history has a longer pause. */
const longestSpanMs = 100 * 366 * 86_400_000;

/** The first moment of the UTC day that lies `days` before today's: whole days are purged. */
export function purgeBefore(nowMs: number, days: number): number {
  const dayMs = 86_400_000;
  return (Math.floor(nowMs / dayMs) - days) * dayMs;
}

/**
 * Takes away what is older than a moment: first the anchor is written, then rows are deleted, newest first, so that the
 * rest verifies whenever this is broken off; the next purge goes on with it. The newest audit stays however old it is.
 *
 * Only what verifies up to the earlier anchor is taken away. Else a purge would sign what somebody had forged, and
 * delete what proves it.
 */
export async function purgeHistory(order: PurgeOrder, ports: PurgePorts): Promise<Purged> {
  const { customerId, beforeMs } = order;
  const { retention, clock, key } = ports;
  const head = await ports.history.readHead(customerId);
  const newest = await retention.readOlder(customerId, beforeMs, { top: 2, continuationToken: null });
  const cut = newest.records.find(({ report }) => report === null || report.sequence !== head?.sequence);
  if (head === null || cut === undefined) return { removed: 0, isDone: true };
  if (cut.report === null) return { refused: `its row ${cut.row} cannot be read` };

  const anchor = await retention.readAnchor(customerId);
  const trouble = anchor && anchorTrouble(anchor, customerId, key?.trusted ?? []);
  if (trouble !== null) return { refused: trouble };
  const { sequence, hash } = cut.report;
  if (sequence > (anchor?.sequence ?? 0)) {
    const broken = await brokenBelow(cut, { order, anchor, head, retention });
    if (broken !== null) return { refused: broken };
    const content = {
      format: 'gateway-audit-anchor/1',
      ...{ customerId, sequence, hash },
      purgedAt: new Date(clock.nowMs()).toISOString(),
      purgedBefore: new Date(beforeMs).toISOString(),
    } as const;
    await retention.writeAnchor(await makeAnchor(content, key));
  }
  return removeBelow(head, order, ports);
}

interface BelowCut {
  readonly order: PurgeOrder;
  readonly anchor: Anchor | null;
  readonly head: ChainHead;
  readonly retention: Retention;
}

/** Why what is about to be taken away is not a whole part of the chain; null: it is. */
async function brokenBelow(cut: OldRecord, below: BelowCut): Promise<string | null> {
  const { order, anchor, retention } = below;
  const above = (await nextNewer(cut, order, retention))?.report ?? null;
  const isNamed = above !== null && hashOfReport(above) === above.hash && above.previousHash === cut.report?.hash;
  if (cut.report === null || !isNamed) return 'the record after the last that would go does not lead to it';
  const { sequence, hash } = cut.report;
  const known = { head: { sequence, hash }, anchor, witnesses: [] };
  const integrity = await verifyChain(order.customerId, linksBelow(below), known);
  if (integrity.intact) return null;
  const { firstBroken } = integrity;
  return `number ${firstBroken.sequence}: ${firstBroken.because}`;
}

/** The record right above, which stays: looked for in ever longer spans, since only newest first can be read. */
async function nextNewer(cut: OldRecord, order: PurgeOrder, retention: Retention): Promise<OldRecord | null> {
  for (let spanMs = 3_600_000; spanMs < longestSpanMs; spanMs *= 4) {
    let newer: OldRecord | null = null;
    for await (const record of recordsOf({ ...order, beforeMs: order.beforeMs + spanMs }, retention)) {
      if (record.row === cut.row) break;
      newer = record;
    }
    if (newer !== null) return newer;
  }
  return null;
}

/** What is verified are reports and their links: evidence is not read only to be deleted. */
async function* linksBelow({ order, head, retention }: BelowCut): AsyncGenerator<StoredLink> {
  for await (const { row, report } of recordsOf(order, retention)) {
    if (report?.sequence === head.sequence) continue;
    yield { row, report, evidenceHash: report?.evidenceHash ?? null, disagreement: null };
  }
}

async function removeBelow(head: ChainHead, order: PurgeOrder, { retention, clock }: PurgePorts): Promise<Purged> {
  const { customerId } = order;
  let removed = 0;
  let batch: OldRecord[] = [];
  const removeBatch = async (): Promise<void> => {
    await retention.remove(customerId, batch);
    removed += batch.length;
    batch = [];
  };
  for await (const record of recordsOf(order, retention)) {
    if (record.report?.sequence === head.sequence) continue;
    if (clock.nowMs() >= order.endsAtMs) return { removed, isDone: false };
    batch.push(record);
    if (batch.length === removeAtOnce) await removeBatch();
  }
  if (batch.length > 0) await removeBatch();
  return { removed, isDone: true };
}

async function* recordsOf({ customerId, beforeMs }: PurgeOrder, retention: Retention): AsyncGenerator<OldRecord> {
  let continuationToken: string | null = null;
  do {
    const page: OldRecords = await retention.readOlder(customerId, beforeMs, { top: readAtOnce, continuationToken });
    yield* page.records;
    continuationToken = page.continuationToken;
  } while (continuationToken !== null);
}

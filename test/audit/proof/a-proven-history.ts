import { unknownLimitStatus } from '../../../src/audit/limit-status';
import type { StoredLink } from '../../../src/audit/ports';
import { type Anchor, makeAnchor } from '../../../src/audit/proof/anchor';
import type { DigestMark } from '../../../src/audit/proof/digest';
import type { StoredDigest } from '../../../src/audit/proof/digest-store';
import { type ChainHead, sealReport } from '../../../src/audit/proof/hash-chain';
import type { SigningKey } from '../../../src/audit/proof/signature';
import { type DigestsAndHistory, verifyWithDigests } from '../../../src/audit/proof/verify-with-digests';
import type { Report, ReportDraft } from '../../../src/audit/report';
import { aCustomer } from '../a-declaration';
import { aReportDraft } from '../a-report-draft';
import { digestsOf } from './digests-of';

/** All that is stored of one customer. */
export interface ProvenChain {
  /** Newest first; what a purge has left over stands below the anchor. */
  readonly links: readonly StoredLink[];
  readonly head: ChainHead | null;
  /** The head's copy in the customer's limit status. */
  readonly limitHead: ChainHead | null;
  readonly anchor: Anchor | null;
}

/** All that is stored: chains, digests, and the note of the last digest. */
export interface ProvenHistory {
  readonly chains: Readonly<Record<string, ProvenChain>>;
  readonly digests: readonly StoredDigest[];
  readonly mark: DigestMark | null;
}

export interface History {
  /** By customer, how many audits had ended at each of the hours that follow one another. */
  readonly audits: Readonly<Record<string, readonly number[]>>;
  /** By customer, the last audit that was purged, and how many of those before it are still there. */
  readonly purged?: Readonly<Record<string, { readonly sequence: number; readonly leftOver: number }>>;
  /** By how many audits the limit statuses, by how many digests the note, lag behind. */
  readonly lag?: number;
}

/** A history as the service leaves it: a digest an hour, and purges if there were any. */
export async function aProvenHistory(history: History, key: SigningKey): Promise<ProvenHistory> {
  const { audits, purged = {}, lag = 0 } = history;
  const reports = Object.fromEntries(
    Object.entries(audits).map(([id, counts]) => [id, reportsOf(id, Math.max(0, ...counts))]),
  );
  const hours = Math.max(0, ...Object.values(audits).map((counts) => counts.length));
  const heads = Array.from({ length: hours }, (_, hour) =>
    Object.entries(audits).flatMap(([customerId, counts]) => {
      const report = reports[customerId]?.[(counts[hour] ?? 0) - 1];
      return report ? [{ customerId, sequence: report.sequence, hash: report.hash }] : [];
    }),
  );
  const { stored, marks } = await digestsOf(heads, key);
  const chains: Record<string, ProvenChain> = {};
  for (const [id, all] of Object.entries(reports)) {
    const cut = purged[id];
    const last = cut && all[cut.sequence - 1];
    const content = last && {
      format: 'gateway-audit-anchor/1' as const,
      ...{ customerId: id, sequence: last.sequence, hash: last.hash },
      purgedAt: '2026-11-22T20:41:00.000Z',
      purgedBefore: '2026-11-22T00:00:00.000Z',
    };
    chains[id] = {
      links: all
        .slice(cut ? cut.sequence - cut.leftOver : 0)
        .map(toLink)
        .toReversed(),
      head: headOf(all.at(-1)),
      limitHead: headOf(all.at(-1 - lag)),
      anchor: content ? await makeAnchor(content, key) : null,
    };
  }
  return { chains, digests: stored, mark: marks.at(-1 - lag) ?? null };
}

export function reportsOf(customerId: string, count: number, parts: Partial<ReportDraft> = {}): readonly Report[] {
  const reports: Report[] = [];
  for (let at = 1; at <= count; at++) {
    const auditId = `0192f0c1-0000-7000-8000-${String(at).padStart(12, '0')}`;
    const evidenceHash = String(at).padStart(64, 'e');
    reports.push(sealReport(aReportDraft({ customerId, auditId, evidenceHash, ...parts }), reports.at(-1) ?? null));
  }
  return reports;
}

export function toLink(report: Report): StoredLink {
  return { row: `r-${report.sequence}`, report, evidenceHash: report.evidenceHash, disagreement: null };
}

export function headOf(report: Report | undefined): ChainHead | null {
  return report ? { sequence: report.sequence, hash: report.hash } : null;
}

/** Whether all of it is what was once saved: what `verify --digests` says. */
export async function isIntact(stored: ProvenHistory, key: SigningKey): Promise<boolean> {
  const { digests, customers } = await verifyWithDigests(
    { customerIds: null, configured: Object.keys(stored.chains) },
    portsOf(stored, key),
    new AbortController().signal,
  );
  return digests.intact && customers.every(({ intact }) => intact);
}

export function portsOf({ chains, digests, mark }: ProvenHistory, key: SigningKey): DigestsAndHistory {
  return {
    history: {
      readHead: async (id) => chains[id]?.head ?? null,
      readLinks: async (id) => ({ links: chains[id]?.links ?? [], continuationToken: null }),
    },
    limits: {
      read: async (id) => ({ ...unknownLimitStatus(aCustomer({ id })), head: chains[id]?.limitHead ?? null }),
    },
    retention: { readAnchor: async (id) => chains[id]?.anchor ?? null },
    digestMarks: { read: async () => mark },
    keys: key.trusted,
    blobs: {
      container: 'digests',
      prepare: async () => {},
      insert: async () => false,
      read: async (wanted) => digests.find(({ name }) => name === wanted)?.text ?? null,
      readAll: async function* () {
        yield* digests;
      },
      isImmutable: async () => false,
      lastName: async () => digests.at(-1)?.name ?? null,
    },
  };
}

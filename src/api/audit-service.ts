import type { CheckName } from '../audit/declaration';
import type { CustomerUsage, DaySpan } from '../audit/history/customer-usage';
import type { AuditPair } from '../audit/history/diff-audits';
import type { ReportDiff } from '../audit/history/diff-reports';
import type { AuditRecord } from '../audit/history/read-audit';
import type { LimitStatusView } from '../audit/limit-status';
import type { Reservation } from '../audit/planning/queue-audits';
import type { HistoryFilter } from '../audit/ports';
import type { Integrity } from '../audit/proof/verify-chain';
import type { Report, Trigger } from '../audit/report';

export interface Page {
  readonly top: number;
  readonly continuationToken?: string;
}

/** What the HTTP API asks of the app. Customers that nobody knows are `not-found` errors. */
export interface AuditService {
  /** Of this program. */
  readonly version: string;
  /** Null where all is well; else what fails, and why (for the log). */
  health(): Promise<{ readonly failing: 'storage' | 'configuration'; readonly cause: unknown } | null>;
  limitStatuses(
    page: Page,
  ): Promise<{ readonly customers: readonly LimitStatusView[]; readonly continuationToken: string | null }>;
  limitStatusOf(customerId: string): Promise<LimitStatusView>;
  refreshLimitStatus(customerId: string): Promise<LimitStatusView & { readonly refreshed: boolean }>;
  history(
    customerId: string,
    filter: HistoryFilter,
  ): Promise<{ readonly audits: readonly Report[]; readonly continuationToken: string | null }>;
  readAudit(customerId: string, auditId: string): Promise<AuditRecord>;
  diff(customerId: string, pair: AuditPair): Promise<ReportDiff>;
  /** Verifies all that is stored of a customer's audits. */
  integrity(customerId: string): Promise<Integrity>;
  /** What our audits used, by day. */
  usage(customerId: string, span: DaySpan): Promise<CustomerUsage>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  queueAudits(
    requests: readonly { readonly customerId: string; readonly check: CheckName }[],
    trigger: Trigger,
  ): Promise<Reservation>;
}

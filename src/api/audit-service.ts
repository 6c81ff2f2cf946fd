import type { CustomerUsage, DaySpan } from '../audit/customer-usage';
import type { CheckName } from '../audit/declaration';
import type { AuditPair } from '../audit/diff-audits';
import type { ReportDiff } from '../audit/diff-reports';
import type { LimitStatusView } from '../audit/limit-status';
import type { HistoryFilter } from '../audit/ports';
import type { Reservation } from '../audit/queue-audits';
import type { AuditRecord } from '../audit/read-audit';
import type { Report, Trigger } from '../audit/report';
import type { Integrity } from '../audit/verify-chain';

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

import type { CheckName } from '../audit/declaration';
import type { RunProgress } from '../audit/drive-check';
import type { HistoryFilter, LimitStatus } from '../audit/ports';
import type { Report } from '../audit/report';
import type { Config, Settings } from '../config';

/** One audit that a command asks for. */
export interface AuditRequest {
  readonly customerId: string;
  readonly check: CheckName;
}

/** What a running audit tells while it runs. */
export interface AuditProgress extends AuditRequest, RunProgress {}

export interface AuditOptions {
  readonly trigger: 'cli';
  readonly parallel: number;
  /** Whether the reports go into the history. */
  readonly store: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: AuditProgress) => void;
  readonly onReport: (report: Report) => void;
}

/** What the commands need of the app. */
export interface CommandApp {
  readonly config: Config;
  audit(requests: readonly AuditRequest[], options: AuditOptions): Promise<readonly Report[]>;
  /** Null where nothing is known of a customer yet. */
  limitStatusOf(customerId: string): Promise<LimitStatus | null>;
  history(
    customerId: string,
    filter: HistoryFilter,
  ): Promise<{ readonly audits: readonly Report[]; readonly continuationToken: string | null }>;
}

export type OpenApp = (settings: Settings, configLocation?: string) => Promise<CommandApp>;

/** What every command is given beside its arguments. */
export interface CommandParts {
  readonly openApp: OpenApp;
  readonly availableChecks: readonly CheckName[];
}

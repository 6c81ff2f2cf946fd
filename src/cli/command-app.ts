import type { App } from '../app';
import type { AppOptions } from '../app/assemble';
import type { CheckName } from '../audit/declaration';
import type { Settings } from '../config';

/** What the commands need of the app. */
export type CommandApp = Pick<
  App,
  | 'config'
  | 'audit'
  | 'limitStatusOf'
  | 'limitStatuses'
  | 'history'
  | 'usage'
  | 'readAudit'
  | 'integrity'
  | 'diff'
  | 'rejudge'
  | 'verifyDigests'
>;

/** What every command is given beside its arguments. */
export interface CommandParts {
  readonly openApp: (settings: Settings, options: Pick<AppOptions, 'configLocation'>) => Promise<CommandApp>;
  readonly availableChecks: readonly CheckName[];
}

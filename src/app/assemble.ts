import { readConfigFile } from '../adapters/config-file';
import { auditIdRandomBytes, newAuditId } from '../audit/audit-id';
import type { CheckName, Declaration } from '../audit/declaration';
import type { OpenGateway } from '../audit/open-gateway';
import type { Situation } from '../audit/plan-audits';
import type { Storage } from '../audit/ports';
import type { AuditRequest } from '../audit/queue-audits';
import { type Config, declarationOf, parseConfig, type Settings } from '../config';
import { defaultConfigLocation } from '../config/settings';
import { type AppParts, realParts } from './app-parts';
import { customerOf } from './customer-of';
import { remembered } from './remembered';

/** One audit that somebody asks for. */
export interface WantedAudit {
  readonly customerId: string;
  readonly check: CheckName;
}

export interface AppOptions {
  /** Instead of the setting AUDIT_CONFIG. */
  readonly configLocation?: string;
  readonly parts?: Partial<AppParts>;
}

/** What all of the app works with: the configuration, and every port opened on it. */
export interface Assembly extends Pick<AppParts, 'checks' | 'clock' | 'openCharges'> {
  readonly config: Config;
  readonly openGateway: OpenGateway;
  readonly serviceTokensPerDay: number | undefined;
  declarationOf(customerId: string, check: CheckName): Declaration;
  newId(): string;
  /** Connected to, and its tables made, at the first use. */
  storage(): Promise<Storage>;
  /** Where every check of every customer stands now. */
  situation(): Promise<Situation>;
  /** As it is asked for now. Throws `not-found` for a customer that is not configured. */
  toRequest(wanted: WantedAudit): AuditRequest;
}

/** Reads the configuration and opens every port on it. Throws `config-unreadable` or `config-invalid`. */
export async function assemble(settings: Settings, options: AppOptions): Promise<Assembly> {
  const location = options.configLocation ?? (settings.AUDIT_CONFIG || defaultConfigLocation);
  const config = parseConfig(await readConfigFile(location), location, settings);
  const { randomBytes, gatewayOpener, openStorage, ...parts } = { ...realParts(settings), ...options.parts };
  const { clock, checks } = parts;
  const declared = (customerId: string, check: CheckName) => declarationOf(config, customerId, check);
  const storage = remembered(async () => {
    const opened = openStorage();
    await opened.prepare();
    return opened;
  });
  return {
    ...parts,
    config,
    openGateway: gatewayOpener(config),
    serviceTokensPerDay: config.maxTokensPerDay,
    declarationOf: declared,
    newId: () => newAuditId(clock.nowMs(), randomBytes(auditIdRandomBytes)),
    storage,
    async situation() {
      const { limits, open } = await storage();
      const [statuses, openAudits] = await Promise.all([limits.readAll(), open.readAll()]);
      const { customers } = config;
      return { customers, declarationOf: declared, checks, statuses, open: openAudits, nowMs: clock.nowMs() };
    },
    toRequest({ customerId, check }) {
      const { gateway } = customerOf(config, customerId);
      return { customerId, check, gatewayId: gateway, scheduledMs: clock.nowMs() };
    },
  };
}

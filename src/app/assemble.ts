import { openSigningKey } from '../adapters/signing/signing-key';
import type { PostToWebhook } from '../audit/alerts/deliver-alert';
import { auditIdRandomBytes, newAuditId } from '../audit/audit-id';
import type { CheckName, Declaration } from '../audit/declaration';
import type { Situation } from '../audit/planning/plan-audits';
import type { AuditRequest } from '../audit/planning/queue-audits';
import type { Storage } from '../audit/ports';
import type { OpenGateway } from '../audit/running/open-gateway';
import { type Config, declarationOf, type Settings } from '../config';
import { defaultConfigLocation } from '../config/settings';
import { type AppParts, realParts } from './app-parts';
import { customerOf } from './customer-of';
import { openProof, type Proof } from './open-proof';
import { remembered } from './remembered';
import { tracedGateways, tracedStorage } from './traced';

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
export interface Assembly extends Pick<AppParts, 'checks' | 'clock' | 'openCharges' | 'tracer'> {
  readonly config: Config;
  readonly openGateway: OpenGateway;
  readonly postToWebhook: PostToWebhook;
  readonly serviceTokensPerDay: number | undefined;
  readonly proof: Proof;
  declarationOf(customerId: string, check: CheckName): Declaration;
  newId(): string;
  /** Connected to, and its tables made, at the first use. */
  storage(): Promise<Storage>;
  /** Where every check of every customer stands now. */
  situation(): Promise<Situation>;
  /** As it is asked for now. Throws `not-found` for a customer that is not configured. */
  toRequest(wanted: WantedAudit): AuditRequest;
}

/** What is outside, opened once; it outlives every version of the configuration. */
export interface Outside extends AppParts {
  readonly settings: Settings;
  readonly configLocation: string;
  readonly proof: Proof;
  /** Connected to, and its tables made, at the first use. */
  storage(): Promise<Storage>;
}

export function openOutside(settings: Settings, options: AppOptions): Outside {
  const parts = { ...realParts(settings), ...options.parts };
  const configLocation = options.configLocation ?? (settings.AUDIT_CONFIG || defaultConfigLocation);
  const storage = remembered(async () => {
    const opened = parts.openStorage();
    await opened.prepare();
    return parts.tracer === null ? opened : tracedStorage(opened, parts.tracer);
  });
  const proof = openProof(settings, { clock: parts.clock, openKey: openSigningKey });
  return { ...parts, settings, configLocation, proof, storage };
}

/** Opens every port on a configuration. */
export function assemble(config: Config, outside: Outside): Assembly {
  const { checks, clock, openCharges, storage, randomBytes, tracer } = outside;
  const openGateway = outside.gatewayOpener(config);
  const declared = (customerId: string, check: CheckName) => declarationOf(config, customerId, check);
  return {
    checks,
    clock,
    openCharges,
    config,
    openGateway: tracer === null ? openGateway : tracedGateways(openGateway, tracer),
    tracer,
    postToWebhook: outside.webhookPoster(config),
    serviceTokensPerDay: config.maxTokensPerDay,
    proof: outside.proof,
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

import { readConfigFile } from './adapters/config-file';
import { jobQueueName } from './adapters/open-storage';
import { storageNameOf } from './adapters/storage-connection';
import type { AuditService } from './api/audit-service';
import { renderMetrics } from './api/render-metrics';
import { type AppParts, realParts } from './app/app-parts';
import { keptFor } from './app/kept-for';
import { pageOfCustomers } from './app/page-of-customers';
import { version } from './app/version';
import { auditIdRandomBytes, newAuditId } from './audit/audit-id';
import { type AuditNowOptions, auditNow } from './audit/audit-now';
import { type UsagePrice, usageOfDays } from './audit/customer-usage';
import { canAfford, secondsToNextDay, utcDayOf } from './audit/day-budget';
import type { CheckName } from './audit/declaration';
import { diffAudits } from './audit/diff-audits';
import { type LimitStatusView, viewLimitStatus } from './audit/limit-status';
import { type DueAudit, isStale, missedAudits, planAudits, type Situation } from './audit/plan-audits';
import type { AuditJob, LimitStatus, Storage } from './audit/ports';
import { type AuditRequest, queueAudits, type Reservation } from './audit/queue-audits';
import { readAudit } from './audit/read-audit';
import { recordPoisonedJob } from './audit/record-poisoned-job';
import { refreshLimitStatus } from './audit/refresh-limit-status';
import type { Report, Trigger } from './audit/report';
import { resendLost } from './audit/resend-lost';
import { type JobOutcome, runJob } from './audit/run-job';
import { budgetLimitsOf } from './audit/run-recorded-audit';
import { leftOf } from './audit/token-reserve';
import { verifyHistory } from './audit/verify-history';
import { AuditorError } from './auditor-error';
import { type Config, type ConfiguredCustomer, declarationOf, parseConfig, type Settings } from './config';
import { defaultConfigLocation } from './config/settings';
import type { Clock } from './probe/clock';

/** One audit that somebody asks for. */
export interface WantedAudit {
  readonly customerId: string;
  readonly check: CheckName;
}

export interface AuditOptions extends AuditNowOptions {
  /** Whether the reports go into the history; else they have sequence 0 and only their charges are remembered. */
  readonly store: boolean;
}

/** A day's budget can be looked up for so long. */
const budgetsKeptMs = 60 * 86_400_000;

/** Several may scrape at once; storage is read once for all of them. */
const metricsKeptMs = 15_000;

/** All that triggers, the HTTP API and the command line do. */
export interface App extends AuditService {
  readonly config: Config;
  readonly clock: Clock;
  /** Runs audits in this process, customers side by side. */
  audit(wanted: readonly WantedAudit[], options: AuditOptions): Promise<readonly Report[]>;
  /** Queues what is due by its schedule. */
  planDue(): Promise<Reservation>;
  /** What was due and has not run. */
  watchDue(): Promise<readonly DueAudit[]>;
  /** Runs a message of the queue; `mayTakeMs` is how long the caller lets it run. */
  runJob(job: AuditJob, mayTakeMs: number): Promise<JobOutcome>;
  recordPoisoned(job: AuditJob): ReturnType<typeof recordPoisonedJob>;
}

export interface AppOptions {
  /** Instead of the setting AUDIT_CONFIG. */
  readonly configLocation?: string;
  readonly parts?: Partial<AppParts>;
}

/**
 * Puts the app together: the one place that decides where configuration, keys, storage and time come from. Storage is
 * connected to (and its tables made) at the first use. Throws `config-unreadable` or `config-invalid`.
 */
export async function createApp(settings: Settings, options: AppOptions = {}): Promise<App> {
  const location = options.configLocation ?? (settings.AUDIT_CONFIG || defaultConfigLocation);
  const config = parseConfig(await readConfigFile(location), location, settings);
  const parts = { ...realParts(settings), ...options.parts };
  const { clock, checks } = parts;
  const openGateway = parts.gatewayOpener(config);
  const declared = (customerId: string, check: CheckName) => declarationOf(config, customerId, check);
  const service = { serviceTokensPerDay: config.maxTokensPerDay };
  const newId = () => newAuditId(clock.nowMs(), parts.randomBytes(auditIdRandomBytes));
  const storage = remembered(async () => {
    const opened = parts.openStorage();
    await opened.prepare();
    return opened;
  });

  async function situation({ limits, open }: Storage): Promise<Situation> {
    const [statuses, openAudits] = await Promise.all([limits.readAll(), open.readAll()]);
    const { customers } = config;
    return { customers, declarationOf: declared, checks, statuses, open: openAudits, nowMs: clock.nowMs() };
  }

  function toRequest({ customerId, check }: WantedAudit): AuditRequest {
    return { customerId, check, gatewayId: customerOf(config, customerId).gateway, scheduledMs: clock.nowMs() };
  }

  function view(customer: ConfiguredCustomer, status: LimitStatus | null): LimitStatusView {
    const nowMs = clock.nowMs();
    return viewLimitStatus(customer, status, {
      nowMs,
      isStale: (check) => isStale(customer, check, { nowMs, status }),
    });
  }

  function viewAll(customers: readonly ConfiguredCustomer[], statuses: readonly LimitStatus[]) {
    const byCustomer = new Map(statuses.map((status) => [status.customerId, status]));
    return customers.map((customer) => {
      const stored = byCustomer.get(customer.id) ?? null;
      return { view: view(customer, stored), stored };
    });
  }

  async function queue(requests: readonly AuditRequest[], trigger: Trigger): Promise<Reservation> {
    return queueAudits(requests, { storage: await storage(), checks, trigger, nowMs: clock.nowMs(), newId });
  }

  async function assertKnown(customerId: string): Promise<Storage> {
    const opened = await storage();
    if (config.customers.some(({ id }) => id === customerId)) return opened;
    // Whoever was taken out of the configuration keeps a history.
    if ((await opened.history.readHead(customerId)) === null) throw unknownCustomer(customerId);
    return opened;
  }

  return {
    version,
    config,
    clock,

    async audit(wanted, { store, ...auditOptions }) {
      const keep = store ? { storage: await storage() } : { charges: parts.openCharges() };
      const ports = { clock, openGateway, checks, declarationOf: declared, newId, keep, ...service };
      return auditNow(wanted.map(toRequest), auditOptions, ports);
    },

    async queueAudits(wanted, trigger) {
      const requests = wanted.map(toRequest);
      const { budgets } = await storage();
      const day = utcDayOf(clock.nowMs());
      for (const { customerId, check } of wanted) {
        if (checks[check] === undefined) throw new AuditorError('bad-request', `check: ${check} is not yet in use.`);
        const declaration = declared(customerId, check);
        const leftTokens = leftOf(await budgets.read({ day, customerId }), budgetLimitsOf(declaration, service));
        if (!canAfford(check, declaration, leftTokens))
          throw budgetSpent({ customerId, check }, leftTokens, clock.nowMs());
      }
      return queue(requests, trigger);
    },

    async planDue() {
      const opened = await storage();
      const now = await situation(opened);
      await resendLost(now.open, { storage: opened, checks, declarationOf: declared, nowMs: now.nowMs });
      const due = planAudits(now).flatMap(({ audits }) => audits);
      return queue(
        due.map((audit) => ({ ...toRequest(audit), scheduledMs: audit.dueMs })),
        'timer',
      );
    },

    async watchDue() {
      const opened = await storage();
      await opened.budgets.purgeBefore(utcDayOf(clock.nowMs() - budgetsKeptMs));
      return missedAudits(await situation(opened));
    },

    async runJob(job, mayTakeMs) {
      const endsAtMs = clock.nowMs() + mayTakeMs;
      const opened = await storage();
      return runJob(job, {
        storage: opened,
        clock,
        openGateway,
        checks,
        declarationOf: declared,
        endsAtMs,
        ...service,
      });
    },

    recordPoisoned: async (job) =>
      recordPoisonedJob(job, { storage: await storage(), checks, declarationOf: declared, clock }),

    async limitStatuses(page) {
      const { customers, continuationToken } = pageOfCustomers(config.customers, page);
      const statuses = await (await storage()).limits.readAll();
      return { customers: viewAll(customers, statuses).map((one) => one.view), continuationToken };
    },

    async limitStatusOf(customerId) {
      const customer = customerOf(config, customerId);
      return view(customer, await (await storage()).limits.read(customerId));
    },

    async refreshLimitStatus(customerId) {
      const customer = customerOf(config, customerId);
      const check = checks['limit-status'];
      if (check === undefined) throw new AuditorError('not-found', 'There is no check limit-status.');
      const setting = { storage: await storage(), clock, openGateway, check, newId, ...service };
      const { status, refreshed } = await refreshLimitStatus(declared(customerId, check.name), setting);
      return { ...view(customer, status), refreshed };
    },

    history: async (customerId, filter) => (await assertKnown(customerId)).history.list(customerId, filter),

    async readAudit(customerId, auditId) {
      const record = await readAudit((await assertKnown(customerId)).history, customerId, auditId);
      if (record === null) throw new AuditorError('not-found', `Customer ${customerId} has no audit ${auditId}.`);
      return record;
    },

    diff: async (customerId, pair) => diffAudits((await assertKnown(customerId)).history, customerId, pair),

    async usage(customerId, span) {
      const { history } = await assertKnown(customerId);
      return usageOfDays(customerId, await history.readDays(customerId, span), priceOf(config, customerId));
    },

    integrity: async (customerId) => verifyHistory(customerId, await assertKnown(customerId)),

    metrics: keptFor(metricsKeptMs, clock, async () => {
      const { statuses, open } = await situation(await storage());
      return renderMetrics({ nowMs: clock.nowMs(), customers: viewAll(config.customers, statuses), open });
    }),

    async health() {
      try {
        await (await storage()).open.readAll();
        return null;
      } catch (cause) {
        return { failing: 'storage', cause };
      }
    },
  };
}

/** Where the queue triggers find their messages: the names of the queue and of the storage account's setting. */
export function jobQueueOf(settings: Settings): { readonly queueName: string; readonly connection: string } {
  return { queueName: jobQueueName, connection: storageNameOf(settings) };
}

/** The app of this process for the Functions host, made at its first use; what could not be made is tried again. */
export const hostApp = remembered(() => createApp(process.env));

function remembered<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

function customerOf(config: Config, customerId: string): ConfiguredCustomer {
  const customer = config.customers.find(({ id }) => id === customerId);
  if (customer === undefined) throw unknownCustomer(customerId);
  return customer;
}

/** Null for a customer, or a deployment, that no price is configured for. */
function priceOf({ customers, gateways, prices }: Config, customerId: string): UsagePrice | null {
  const gatewayId = customers.find(({ id }) => id === customerId)?.gateway;
  const deployment = gateways.find(({ id }) => id === gatewayId)?.deployment;
  const price = deployment === undefined ? undefined : prices?.models[deployment];
  return prices && price ? { ...price, currency: prices.currency } : null;
}

function unknownCustomer(customerId: string): AuditorError {
  return new AuditorError('not-found', `There is no customer ${customerId}.`);
}

function budgetSpent({ customerId, check }: WantedAudit, leftTokens: number, nowMs: number): AuditorError {
  return new AuditorError(
    'budget-spent',
    `Customer ${customerId}'s audits may spend ${leftTokens} more tokens today, which does not pay for ${check}. Wait for the next UTC day, or raise its maxTokensPerDay.`,
    { retryAfterSeconds: secondsToNextDay(nowMs) },
  );
}

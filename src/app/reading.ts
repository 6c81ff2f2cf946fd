import type { AuditService } from '../api/audit-service';
import { renderMetrics } from '../api/render-metrics';
import { type UsagePrice, usageOfDays } from '../audit/history/customer-usage';
import { diffAudits } from '../audit/history/diff-audits';
import { readAudit } from '../audit/history/read-audit';
import { type LimitStatusView, viewLimitStatus } from '../audit/limit-status';
import { nullIfCorrupt } from '../audit/null-if-corrupt';
import { isStale } from '../audit/planning/plan-audits';
import type { LimitStatus, Storage } from '../audit/ports';
import { verifyHistory } from '../audit/proof/verify-history';
import { verifyWithLastDigest } from '../audit/proof/verify-with-digests';
import { refreshLimitStatus } from '../audit/running/refresh-limit-status';
import { AuditorError } from '../auditor-error';
import type { Config, ConfiguredCustomer } from '../config';
import type { Assembly } from './assemble';
import { customerOf, unknownCustomer } from './customer-of';
import { keptFor } from './kept-for';
import { pageOfCustomers } from './page-of-customers';

/** Several may scrape at once; storage is read once for all of them. */
const metricsKeptMs = 15_000;

/** What is read from storage for the HTTP API, the page, metrics and the command line. */
export function reading(assembly: Assembly): Omit<AuditService, 'version' | 'queueAudits'> {
  const { config, clock, checks, openGateway, newId, serviceTokensPerDay, proof } = assembly;

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

  async function storageOf(customerId: string): Promise<Storage> {
    const opened = await assembly.storage();
    if (config.customers.some(({ id }) => id === customerId)) return opened;
    // Whoever was taken out of the configuration keeps a history.
    if ((await opened.history.readHead(customerId)) === null) throw unknownCustomer(customerId);
    return opened;
  }

  return {
    async limitStatuses(page) {
      const { customers, continuationToken } = pageOfCustomers(config.customers, page);
      const [first, last] = [customers[0], customers.at(-1)];
      if (first === undefined || last === undefined) return { customers: [], continuationToken };
      const statuses = await (await assembly.storage()).limits.readBetween(first.id, last.id);
      return { customers: viewAll(customers, statuses).map((one) => one.view), continuationToken };
    },

    async limitStatusOf(customerId) {
      const customer = customerOf(config, customerId);
      return view(customer, await (await assembly.storage()).limits.read(customerId));
    },

    async refreshLimitStatus(customerId) {
      const customer = customerOf(config, customerId);
      const check = checks['limit-status'];
      if (check === undefined) throw new AuditorError('not-found', 'There is no check limit-status.');
      const storage = await assembly.storage();
      const declared = assembly.declarationOf(customerId, check.name);
      const ports = { storage, clock, openGateway, check, newId, serviceTokensPerDay };
      const { status, refreshed } = await refreshLimitStatus(declared, ports);
      return { ...view(customer, status), refreshed };
    },

    history: async (customerId, filter) => (await storageOf(customerId)).history.list(customerId, filter),

    async readAudit(customerId, auditId) {
      const record = await readAudit((await storageOf(customerId)).history, customerId, auditId);
      if (record === null) throw new AuditorError('not-found', `Customer ${customerId} has no audit ${auditId}.`);
      return record;
    },

    diff: async (customerId, pair) => diffAudits((await storageOf(customerId)).history, customerId, pair),

    async usage(customerId, span) {
      const { history } = await storageOf(customerId);
      return usageOfDays(customerId, await history.readDays(customerId, span), priceOf(config, customerId));
    },

    async integrity(customerId) {
      const stored = await storageOf(customerId);
      const keys = (await proof.key())?.trusted;
      if (keys === undefined) return verifyHistory(customerId, stored);
      return verifyWithLastDigest(customerId, { ...stored, blobs: await proof.digestBlobs(), keys });
    },

    metrics: keptFor(metricsKeptMs, clock, async () => {
      const { digestMarks } = await assembly.storage();
      const [{ statuses, open }, mark] = await Promise.all([
        assembly.situation(),
        digestMarks.read().catch(nullIfCorrupt),
      ]);
      return renderMetrics({
        nowMs: clock.nowMs(),
        customers: viewAll(config.customers, statuses),
        open,
        ...(mark !== null && { lastDigestMs: Date.parse(mark.to) }),
      });
    }),

    async health() {
      try {
        await (await assembly.storage()).open.readAll();
        return null;
      } catch (cause) {
        return { failing: 'storage', cause };
      }
    },
  };
}

/** Null for a customer, or a deployment, that no price is configured for. */
function priceOf({ customers, gateways, prices }: Config, customerId: string): UsagePrice | null {
  const gatewayId = customers.find(({ id }) => id === customerId)?.gateway;
  const deployment = gateways.find(({ id }) => id === gatewayId)?.deployment;
  const price = deployment === undefined ? undefined : prices?.models[deployment];
  return prices && price ? { ...price, currency: prices.currency } : null;
}

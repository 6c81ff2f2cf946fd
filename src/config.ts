import { z } from 'zod';
import { dayCostsOf, defaultMaxTokensPerDay } from './audit/audit-cost';
import {
  type CheckName,
  type CheckSettings,
  type CustomerDeclaration,
  checkNames,
  type Declaration,
  type GatewayDeclaration,
  type NeighbourDeclaration,
} from './audit/declaration';
import { AuditorError } from './auditor-error';
import { alertProblems } from './config/alert-problems';
import { defaultCheckSettings, defaultSchedules } from './config/defaults';
import { withoutTrailingSlashes } from './config/endpoint';
import { parseJson } from './config/json';
import { problemsOf } from './config/problems';
import { type ConfigFile, type FileCustomer, type FileGateway, fileSchema } from './config/schema';

/** App settings: names to values. Secrets live here only. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** A customer as configured: what was promised, and how each check is to be run for it. */
export interface ConfiguredCustomer extends CustomerDeclaration {
  readonly checkSettings: Readonly<Record<CheckName, CheckSettings>>;
}

/** Tokens' prices by deployment, in units of `currency` for 1,000 tokens. */
export type Prices = NonNullable<ConfigFile['prices']>;

/** Where verdicts are sent as CloudEvents; address and secret by the names of settings. */
export type Alert = ConfigFile['alerts'][number];

export interface Config {
  readonly gateways: readonly GatewayDeclaration[];
  readonly customers: readonly ConfiguredCustomer[];
  /** NCRONTAB (UTC) by check, for customers without one of their own. */
  readonly schedules: Readonly<Record<CheckName, string>>;
  /** Of the whole service. */
  readonly maxTokensPerDay?: number;
  readonly prices?: Prices;
  readonly alerts: readonly Alert[];
}

/**
 * Reads a configuration. `origin` (its path or address) stands in errors; `settings` must hold every key that it names
 * (null: a file is checked where its keys are not known). Throws `config-invalid` with every problem there is, each
 * after its path, as in `customers[1].gateway: no gateway has the id "man"`.
 */
export function parseConfig(text: string, origin: string, settings: Settings | null): Config {
  const json = parseJson(text, origin);
  // Without a prototype: "constructor" names a setting that nobody has set.
  const own: Settings | null = settings && Object.assign(Object.create(null), settings);
  const problems = [
    ...problemsOf(json, (setting) => own === null || holdsValue(own[setting])),
    ...(own === null ? [] : alertProblems(json, own)),
  ];
  if (problems.length > 0) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    throw new AuditorError('config-invalid', `The configuration ${origin} has ${count}; nothing was started.`, {
      problems,
      location: origin,
    });
  }
  return completeConfig(fileSchema.parse(json));
}

/**
 * Where a Key Vault reference cannot be resolved (no role, no such secret), App Service leaves its text as the setting's
 * value. Shown as a key, it would be refused, and the gateway blamed.
 */
function holdsValue(value: string | undefined): boolean {
  return Boolean(value) && !value?.startsWith('@Microsoft.KeyVault(');
}

/** What an audit of a customer is judged against. Throws `not-found` for a customer that is not configured. */
export function declarationOf(config: Config, customerId: string, check: CheckName): Declaration {
  const found = config.customers.find((customer) => customer.id === customerId);
  const gateway = config.gateways.find((candidate) => candidate.id === found?.gateway);
  if (!found || !gateway) throw new AuditorError('not-found', `The configuration has no customer ${customerId}.`);
  const { checkSettings, ...customer } = found;
  const settings = checkSettings[check];
  if (check !== 'isolation') return { customer, gateway, settings };
  return { customer, gateway, settings, neighbours: neighboursOf(config, settings.with) };
}

function neighboursOf(config: Config, ids: readonly string[]): readonly NeighbourDeclaration[] {
  return config.customers
    .filter((customer) => ids.includes(customer.id))
    .map(({ id, gateway, counter, tokensPerMinute, dedicated }) => {
      return { id, gateway, counter, tokensPerMinute, dedicated };
    });
}

/** The JSON Schema (draft 2020-12) of a configuration file, for editors. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(fileSchema, { io: 'input' });
}

/** A checked file with everything that it leaves to the rest of it filled in. */
function completeConfig(file: ConfigFile): Config {
  const { $schema: _, ...kept } = file;
  const gateways = new Map(file.gateways.map((gateway) => [gateway.id, completeGateway(gateway)]));
  const schedules = { ...defaultSchedules, ...file.schedules };
  const customers = file.customers.flatMap((customer) => {
    const gateway = gateways.get(customer.gateway);
    return gateway ? [completeCustomer(customer, gateway, schedules)] : [];
  });
  return { ...kept, gateways: [...gateways.values()], customers, schedules };
}

function completeGateway(gateway: FileGateway): GatewayDeclaration {
  const { pool, ...kept } = gateway;
  const endpoint = withoutTrailingSlashes(gateway.endpoint);
  if (!pool) return { ...kept, endpoint };
  const members = pool.members.map((member) => ({ ...member, answersAs: member.answersAs ?? member.id }));
  return { ...kept, endpoint, pool: { ...pool, members } };
}

function completeCustomer(
  customer: FileCustomer,
  gateway: GatewayDeclaration,
  schedules: Readonly<Record<CheckName, string>>,
): ConfiguredCustomer {
  const checkSettings = recordOf((check) => ({ ...defaultCheckSettings, ...customer.checkSettings[check] }));
  const declared: CustomerDeclaration = {
    ...customer,
    subscriptionId: customer.subscriptionId ?? customer.id,
    counter: customer.counter ?? customer.id,
    checks: customer.checks ? [...new Set(customer.checks)] : defaultChecks(customer, gateway),
    schedule: { ...schedules, ...customer.schedule },
    maxTokensPerDay: customer.maxTokensPerDay ?? 0,
  };
  const costs = dayCostsOf({ customer: declared, gateway }, checkSettings);
  const maxTokensPerDay = customer.maxTokensPerDay ?? defaultMaxTokensPerDay(declared, costs);
  return { ...declared, maxTokensPerDay, checkSettings };
}

/** Checks that use up a customer's limit need a key that nobody else uses; those that need more, need it declared. */
function defaultChecks(customer: FileCustomer, gateway: GatewayDeclaration): readonly CheckName[] {
  const isDue: Readonly<Record<CheckName, boolean>> = {
    'limit-status': true,
    access: true,
    'load-balance': gateway.pool !== undefined,
    usage: gateway.meter.kind !== 'none',
    'config-drift': false,
    'token-limit': customer.dedicated,
    isolation: customer.dedicated && customer.checkSettings.isolation?.with !== undefined,
    'client-experience': customer.dedicated,
    // Without using it up, a quota can only be looked at, and an audit that decides nothing is no news.
    'token-quota':
      customer.dedicated &&
      customer.tokenQuota !== undefined &&
      customer.checkSettings['token-quota']?.exhaustQuota === true,
  };
  return checkNames.filter((check) => isDue[check]);
}

/** One value for each check. Every key is set, so the cast holds. */
function recordOf<Value>(make: (check: CheckName) => Value): Readonly<Record<CheckName, Value>> {
  return Object.fromEntries(checkNames.map((check) => [check, make(check)])) as Record<CheckName, Value>;
}

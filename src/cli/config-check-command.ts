import { resolve } from 'node:path';
import { isAddress, openConfigSource } from '../adapters/config/config-source';
import { openEntraTokens } from '../adapters/entra-token';
import { proxiesOf } from '../adapters/gateway/gateway-dispatcher';
import { type DayCost, dayCostsOf, moneyOf } from '../audit/audit-cost';
import type { CheckName } from '../audit/declaration';
import { AuditorError } from '../auditor-error';
import { type Alert, type Config, type ConfiguredCustomer, parseConfig } from '../config';
import { noticesOf } from '../config/notices';
import { readCliSettings } from './cli-settings';
import { type CommandIo, isColoured, printLine } from './command-io';
import { exitCodes } from './exit-code';
import { renderTable, tableStyleOf } from './table';

export interface ConfigCheckOptions {
  readonly keys: boolean;
  readonly json?: true;
}

interface CheckedConfig {
  readonly file: string;
  readonly config: Config;
  readonly notices: readonly string[];
}

/** `config check`: what a configuration will cost, and what is better known of it; its problems are thrown. */
export async function configCheckCommand(
  place: string,
  options: ConfigCheckOptions,
  { io, availableChecks }: { readonly io: CommandIo; readonly availableChecks: readonly CheckName[] },
): Promise<number> {
  const settings = await readCliSettings(io);
  const location = isAddress(place) ? place : resolve(io.folder, place);
  const source = openConfigSource(location, { tokenOf: openEntraTokens(), proxies: proxiesOf(settings) });
  const file = isAddress(place) ? source.name : place;
  const text = (await source.read(null))?.text ?? '';
  try {
    const config = parseConfig(text, file, options.keys ? settings : null);
    const checked = { file, config, notices: noticesOf(config, availableChecks) };
    if (options.json) printLine(io.stdout, JSON.stringify(asJson(checked)));
    else printChecked(checked, io);
    return exitCodes.pass;
  } catch (error) {
    if (!options.json || !(error instanceof AuditorError) || error.code !== 'config-invalid') throw error;
    printLine(io.stdout, JSON.stringify({ file, problems: error.details.problems ?? [] }));
    return exitCodes.badUsage;
  }
}

function asJson({ file, config, notices }: CheckedConfig): object {
  const customers = config.customers.map((customer) => {
    const gateway = config.gateways.find(({ id }) => id === customer.gateway);
    const costs = gateway ? dayCostsOf({ customer, gateway }, customer.checkSettings) : [];
    return { customerId: customer.id, maxTokensPerDay: customer.maxTokensPerDay, costsPerDay: costs };
  });
  return { file, problems: [], notices, customers, alerts: config.alerts };
}

function printChecked({ file, config, notices }: CheckedConfig, io: CommandIo): void {
  const { gateways, customers } = config;
  printLine(io.stdout, `${file}: no problems (${counted(gateways, 'gateway')}, ${counted(customers, 'customer')}).`);
  for (const notice of notices) printLine(io.stdout, `note: ${notice}`);
  const style = tableStyleOf(io.stdout, isColoured(io.stdout, io.env));
  const titles = ['customer', 'check', 'audits a day', 'tokens a day', 'at most', 'seconds locked out a day'];
  if (config.prices) titles.push(`${config.prices.currency} a day`);
  const rows = customers.flatMap((customer) => costRows(config, customer));
  printLine(io.stdout, 'What its audits cost each customer:');
  printLine(
    io.stdout,
    renderTable(
      titles.map((title) => ({ title })),
      rows,
      style,
    ),
  );
  for (const customer of customers) {
    printLine(io.stdout, `${customer.id}: at most ${customer.maxTokensPerDay} tokens a day (maxTokensPerDay)`);
  }
  for (const alert of config.alerts) printLine(io.stdout, describeAlert(alert));
}

function describeAlert({ webhook, secret, on }: Alert): string {
  const signed = secret ? `signed with the secret in ${secret.setting}` : 'not signed';
  return `alerts to the address in ${webhook.setting}, ${signed}: ${on.map((kind) => alertMeaning[kind]).join('; ')}`;
}

const alertMeaning: Readonly<Record<Alert['on'][number], string>> = {
  fail: 'fail (a check fails that did not)',
  recovered: 'recovered (it passes again)',
  missed: 'missed (a check was due and had not run an hour later)',
};

function costRows(config: Config, customer: ConfiguredCustomer): readonly (readonly string[])[] {
  const gateway = config.gateways.find(({ id }) => id === customer.gateway);
  if (!gateway) return [];
  const costs = dayCostsOf({ customer, gateway }, customer.checkSettings);
  const price = config.prices?.models[gateway.deployment];
  const row = (cost: DayCost, isFirst: boolean) => [
    isFirst ? customer.id : '',
    cost.check,
    rounded(cost.auditsPerDay),
    rounded(cost.expected.prompt + cost.expected.completion),
    rounded(cost.mostTokens),
    rounded(cost.lockedOutSeconds),
    ...(config.prices ? [price ? rounded(moneyOf(cost.expected, price)) : '?'] : []),
  ];
  return costs.map((cost, index) => row(cost, index === 0));
}

function counted(list: readonly unknown[], noun: string): string {
  return `${list.length} ${noun}${list.length === 1 ? '' : 's'}`;
}

/** Three digits are more than these estimates are worth, but a small number must not become 0. */
function rounded(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

import type { CheckName, CheckSettings, CustomerDeclaration, GatewayDeclaration } from './audit/declaration';

/** App settings: names to values. Secrets live here only. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** A customer as configured: what was promised, and how each check is to be run for it. */
export interface ConfiguredCustomer extends CustomerDeclaration {
  readonly checkSettings: Readonly<Record<CheckName, CheckSettings>>;
}

export interface Config {
  readonly gateways: readonly GatewayDeclaration[];
  readonly customers: readonly ConfiguredCustomer[];
}

import { randomBytes } from 'node:crypto';
import { openApim } from '../adapters/apim/open-apim';
import { type ConfigSource, openConfigSource } from '../adapters/config/config-source';
import { openEntraTokens } from '../adapters/entra-token';
import { proxiesOf } from '../adapters/gateway/gateway-dispatcher';
import { openGateway } from '../adapters/gateway/gateway-http';
import { openMeter } from '../adapters/meter/open-meter';
import { openTracer } from '../adapters/otlp-tracer';
import { type KeptConfig, keptConfigTable } from '../adapters/storage/kept-config';
import { openStorage } from '../adapters/storage/open-storage';
import { accessTo, storageConnectionOf } from '../adapters/storage/storage-connection';
import { openStorageTable } from '../adapters/storage/storage-table';
import { systemClock } from '../adapters/system-clock';
import { postToWebhook } from '../adapters/webhook-http';
import type { PostToWebhook } from '../audit/alerts/deliver-alert';
import { type CheckMap, checks } from '../audit/checks';
import type { CounterCharges, Storage } from '../audit/ports';
import type { OpenGateway } from '../audit/running/open-gateway';
import type { Tracer } from '../audit/tracer';
import type { Config, Settings } from '../config';
import type { Clock } from '../probe/clock';
import { openCharges } from './open-charges';
import { version } from './version';

/** Everything outside that the app is put together from. A test gives its own clock, checks or names of tables. */
export interface AppParts {
  readonly checks: CheckMap;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly openConfig: (location: string) => ConfigSource;
  /** Where the last usable configuration of a place is kept. */
  readonly openKeptConfig: (origin: string) => KeptConfig;
  /** Null where the settings name no collector of traces. */
  readonly tracer: Tracer | null;
  readonly gatewayOpener: (config: Config) => OpenGateway;
  /** Throws where the settings name no storage account; connects to nothing yet. */
  readonly openStorage: () => Storage;
  /** The last charges of audits whose reports are not kept. */
  readonly openCharges: () => CounterCharges;
  readonly webhookPoster: (config: Config) => PostToWebhook;
}

/** The real parts, as the settings say. */
export function realParts(settings: Settings): AppParts {
  const tokenOf = openEntraTokens();
  return {
    checks,
    clock: systemClock,
    randomBytes,
    tracer: openTracer(settings, { clock: systemClock, version }),
    openConfig: (location) => openConfigSource(location, { tokenOf, proxies: proxiesOf(settings) }),
    openKeptConfig: (origin) =>
      keptConfigTable(openStorageTable(accessTo(storageConnectionOf(settings)), 'configuration'), origin),
    gatewayOpener: (config) => gatewayOpener(config, settings, tokenOf),
    openStorage: () => openStorage(storageConnectionOf(settings)),
    openCharges: () => openCharges(settings),
    webhookPoster: (config) => webhookPoster(config, settings),
  };
}

function webhookPoster({ alerts }: Config, settings: Settings): PostToWebhook {
  const proxies = proxiesOf(settings);
  return async (name, event) => {
    const alert = alerts.find(({ webhook }) => webhook.setting === name);
    const url = settings[name];
    if (alert === undefined || url === undefined) return null;
    const secret = alert.secret === undefined ? null : (settings[alert.secret.setting] ?? null);
    return postToWebhook({ url, secret }, event, { nowMs: systemClock.nowMs(), version, proxies });
  };
}

function gatewayOpener(config: Config, settings: Settings, tokenOf: (scope: string) => Promise<string>): OpenGateway {
  const keyNames = new Map(config.customers.map(({ id, key }) => [id, key?.setting]));
  const proxies = proxiesOf(settings);
  const keyOf = (customerId: string) => settings[keyNames.get(customerId) ?? ''] ?? null;
  return ({ customer, gateway }) => {
    const readMeter = openMeter(gateway.meter, systemClock);
    const opened = openGateway({
      declared: gateway,
      auditedCustomerId: customer.id,
      keyOf,
      tokenOf,
      proxies,
      version,
      clock: systemClock,
    });
    const readApim = openApim({ customer, gateway }, { clock: systemClock, endpoint: settings.AUDIT_ARM_ENDPOINT });
    return { ...opened, ...(readMeter && { readMeter }), ...(readApim && { readApim }) };
  };
}

import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openChargeFile } from '../adapters/charge-file';
import { openEntraTokens } from '../adapters/entra-token';
import { proxiesOf } from '../adapters/gateway-dispatcher';
import { openGateway } from '../adapters/gateway-http';
import { openMeter } from '../adapters/open-meter';
import { openStorage } from '../adapters/open-storage';
import { storageConnectionOf } from '../adapters/storage-connection';
import { systemClock } from '../adapters/system-clock';
import { type CheckMap, checks } from '../audit/checks';
import type { OpenGateway } from '../audit/open-gateway';
import type { CounterCharges, Storage } from '../audit/ports';
import type { Config, Settings } from '../config';
import type { Clock } from '../probe/clock';
import { version } from './version';

/** Everything outside that the app is put together from. A test gives its own clock, checks or names of tables. */
export interface AppParts {
  readonly checks: CheckMap;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly gatewayOpener: (config: Config) => OpenGateway;
  /** Throws where the settings name no storage account; connects to nothing yet. */
  readonly openStorage: () => Storage;
  /** The last charges of audits whose reports are not kept. */
  readonly openCharges: () => CounterCharges;
}

/** The real parts, as the settings say. */
export function realParts(settings: Settings): AppParts {
  return {
    checks,
    clock: systemClock,
    randomBytes,
    gatewayOpener: (config) => gatewayOpener(config, settings),
    openStorage: () => openStorage(storageConnectionOf(settings)),
    openCharges: () => openChargeFile(join(stateFolderOf(settings), 'gateway-audit', 'charges.json')),
  };
}

function gatewayOpener(config: Config, settings: Settings): OpenGateway {
  const keyNames = new Map(config.customers.map(({ id, key }) => [id, key?.setting]));
  const tokenOf = openEntraTokens();
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
    return { ...opened, ...(readMeter && { readMeter }) };
  };
}

/** Where programs keep what should outlive a run (XDG Base Directory Specification). */
function stateFolderOf(settings: Settings): string {
  return settings.XDG_STATE_HOME || join(settings.HOME || homedir(), '.local', 'state');
}

import { openGateway } from '../../src/adapters/gateway/gateway-http';
import { type App, createApp } from '../../src/app';
import type { CheckMap } from '../../src/audit/checks';
import type { Storage } from '../../src/audit/ports';
import { storageAt } from '../adapters/storage/azurite-storage';
import { aCheck, aProbe } from '../audit/a-check';
import { fastClock, speed } from './fast-clock';

/** What every process of a chaos run is told. */
export interface ChaosPlace {
  readonly connectionString: string;
  readonly names: { readonly tablePrefix: string; readonly queueName: string };
  readonly configLocation: string;
  readonly baseMs: number;
}

const probesOfAudit = 4;
const betweenMs = 8_000;

/** Probes with pauses: some 25 seconds in which a worker can die. */
const slow = aCheck({
  next: ({ exchanges, inFlight, nowMs }) => {
    if (inFlight > 0) return { do: 'wait', phase: 'waiting', untilMs: nowMs + 60_000 };
    if (exchanges.length >= probesOfAudit) return { do: 'stop', because: 'it has seen enough' };
    const nextMs = (exchanges.at(-1)?.receivedMs ?? 0) + betweenMs;
    if (nowMs < nextMs) return { do: 'wait', phase: 'pausing', untilMs: nextMs };
    return { do: 'send', phase: 'probing', probes: [aProbe] };
  },
});

export const chaosChecks: CheckMap = { 'limit-status': slow, access: { ...slow, name: 'access' } };

/** The app on real storage and a real gateway, on fast time; the queue's delays, which are real, are sped up too. */
export async function openChaosApp(place: ChaosPlace): Promise<{ app: App; storage: Storage }> {
  const clock = fastClock(place.baseMs);
  const real = storageAt(place.connectionString, place.names);
  const storage: Storage = {
    ...real,
    jobs: { send: (job, delayMs = 0) => real.jobs.send(job, delayMs / speed) },
  };
  const app = await createApp(
    { CONTOSO_KEY: 'contoso-demo-key' },
    {
      configLocation: place.configLocation,
      parts: {
        clock,
        checks: chaosChecks,
        openStorage: () => storage,
        gatewayOpener:
          () =>
          ({ gateway, customer }) =>
            openGateway({
              declared: gateway,
              auditedCustomerId: customer.id,
              keyOf: () => 'contoso-demo-key',
              tokenOf: async () => '',
              version: '0.0.0',
              clock,
            }),
      },
    },
  );
  return { app, storage };
}

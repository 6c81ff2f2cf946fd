import type { ApimConfiguration } from '../apim/apim-configuration';
import { unreadConfiguration } from '../apim/unread-configuration';

/** One look at what API Management declares for an audited customer; what could not be read is told in it. */
export interface ApimReading {
  readonly askedMs: number;
  readonly configuration: ApimConfiguration;
}

/** Asks API Management. Never throws for what it or a network did. */
export type ReadApim = (signal?: AbortSignal) => Promise<ApimReading>;

/** What there is to read where a gateway declares no API Management. */
export function noApim(askedMs: number): ReadApim {
  const unread = { part: 'service', because: 'the gateway declares no apim' } as const;
  return async () => ({ askedMs, configuration: unreadConfiguration([unread]) });
}

import type { ApimConfiguration, ApimService, UnreadPart } from './apim-configuration';

export const noService: ApimService = { sku: null, gatewayUrl: null, regions: [] };

/** A configuration of which nothing could be read, for those reasons. */
export function unreadConfiguration(unread: readonly UnreadPart[]): ApimConfiguration {
  return {
    service: noService,
    api: null,
    policies: [],
    fragments: [],
    namedValues: {},
    backends: [],
    subscriptions: [],
    products: [],
    diagnostics: [],
    hashes: {},
    unread,
  };
}

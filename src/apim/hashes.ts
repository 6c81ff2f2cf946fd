import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ApimConfiguration } from './apim-configuration';

/**
 * SHA-256 (hex) of each part that was read: of policies and fragments the whole text, comments included; of all else
 * what is known of it. Secret named values have none.
 */
export function hashesOf(
  configuration: Omit<ApimConfiguration, 'hashes'>,
  texts: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const { service, api, namedValues, backends, subscriptions, diagnostics } = configuration;
  const hasRead = (part: string) => !configuration.unread.some((one) => one.part === part);
  const parts: readonly (readonly [string, unknown])[] = [
    ...texts,
    ...(hasRead('service') ? [['service', service] as const] : []),
    ...(api === null ? [] : [[`API ${api.id}`, api] as const]),
    ...Object.entries(namedValues).flatMap(([name, value]) =>
      value === null ? [] : [[`named value ${name}`, value] as const],
    ),
    ...backends.map((backend) => [`backend ${backend.name}`, backend] as const),
    ...subscriptions.map((subscription) => [`subscription ${subscription.id}`, subscription] as const),
    ...(hasRead('diagnostics') ? [['diagnostics', diagnostics] as const] : []),
  ];
  return Object.fromEntries(parts.map(([title, value]) => [title, hashOf(value)]));
}

function hashOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (canonicalize(value) ?? '');
  return createHash('sha256').update(text).digest('hex');
}

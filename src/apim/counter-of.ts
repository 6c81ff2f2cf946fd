import type { Stated } from './stated';

/** What a token limit counts on, as far as its counter-key says. */
export type CountedOn =
  | { readonly kind: 'subscription' }
  /** All callers whose requests come by that policy share one: a constant, or what many have in common. */
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'shared'; readonly by: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** The subscription's id or key, alone or between constants. */
const perSubscription =
  /^@\(\s*(?:"[^"]*"\s*\+\s*)*context\.Subscription\??\.(?:Id|Key)(?:\.ToString\(\))?(?:\s*\+\s*"[^"]*")*\s*\)$/i;
const shared = /^@\(\s*context\.(Product|Api|Deployment|Operation)\??\.(?:Id|Name|Path|Region|ServiceName)\s*\)$/i;

/** `expression` is the attribute as it is written, named values filled in where they are known. */
export function countedOn(expression: string | undefined, stated: Stated | null): CountedOn {
  if (expression === undefined || stated === null) return { kind: 'unknown', because: 'it has no counter-key' };
  if (stated.kind === 'known') return { kind: 'constant', text: stated.text };
  const text = expression.trim();
  if (perSubscription.test(text)) return { kind: 'subscription' };
  const [, what] = shared.exec(text) ?? [];
  return what === undefined ? { kind: 'unknown', because: stated.because } : { kind: 'shared', by: what.toLowerCase() };
}

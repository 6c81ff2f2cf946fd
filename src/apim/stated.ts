import type { ApimConfiguration } from './apim-configuration';

/** What an attribute says: a text, or why nobody can tell without running the gateway. */
export type Stated =
  | { readonly kind: 'known'; readonly text: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** No named value names others deeper than this; one that does names itself. */
const deepestNames = 5;

/** An attribute's value with its named values filled in; null where the attribute is not there. */
export function statedIn(
  text: string | undefined,
  configuration: Pick<ApimConfiguration, 'namedValues'>,
): Stated | null {
  if (text === undefined) return null;
  let filled = text;
  for (let depth = 0; depth < deepestNames && namesIn(filled).length > 0; depth += 1) {
    for (const name of namesIn(filled)) {
      const value = namedValue(name, configuration);
      if (value === undefined) return { kind: 'unknown', because: `the named value ${name} is not there` };
      if (value === null) return { kind: 'unknown', because: `the named value ${name} is secret` };
      filled = filled.replaceAll(new RegExp(`\\{\\{\\s*${escapeRegExp(name)}\\s*\\}\\}`, 'g'), () => value);
    }
  }
  if (/^\s*@[({]/.test(filled)) return { kind: 'unknown', because: `it is an expression: ${shortened(filled)}` };
  return { kind: 'known', text: filled.trim() };
}

/** The same for a whole number from 1 on. */
export type StatedCount =
  | { readonly kind: 'known'; readonly count: number }
  | { readonly kind: 'unknown'; readonly because: string };

export function countIn(stated: Stated | null): StatedCount | null {
  if (stated === null || stated.kind === 'unknown') return stated;
  const count = /^\d+$/.test(stated.text) ? Number(stated.text) : 0;
  if (count >= 1) return { kind: 'known', count };
  return { kind: 'unknown', because: `"${shortened(stated.text)}" is no number of tokens` };
}

/** The named values that a text names. */
export function namesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{\{\s*([A-Za-z0-9._-]+)\s*\}\}/g)].flatMap((match) => match[1] ?? []))];
}

/** For people: one line, not too long. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 120 ? line : `${line.slice(0, 117)}…`;
}

/** No two named values of a service differ in their case alone. */
function namedValue(name: string, { namedValues }: Pick<ApimConfiguration, 'namedValues'>): string | null | undefined {
  const key = Object.keys(namedValues).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : namedValues[key];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

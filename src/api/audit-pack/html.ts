/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

export type Part = string | number | Html | null | readonly Html[];

/** HTML from a template: whatever is put into it is escaped, unless it is HTML itself; null leaves nothing. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = pieces.map((piece, at) => piece + (at < parts.length ? toText(parts[at] ?? null) : ''));
  return { html: text.join('') };
}

function toText(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map((one) => one.html).join('');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/*
 * API Management hands out policies as `rawxml`: expressions stand in them as they were written, with quotes, `<` and
 * `&` inside attributes, which no XML parser takes. Expressions are C#, so their ends are found as C# finds them: by
 * brackets, but for those in strings, characters and comments. What is found is escaped; the rest is XML already.
 */

/** What must be looked at or jumped over: comments and CDATA hold no expressions. */
const landmark = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|@[({]/g;

/** Inside an expression: strings (verbatim ones double their quotes; `&quot;` is one that was escaped), characters, comments. */
const opaque =
  /@"(?:""|[^"])*"|"(?:\\.|[^"\\])*"|&quot;[\s\S]*?&quot;|'(?:\\[^']*|[^'\\])'|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//y;

/** The text with its expressions escaped, so that it is XML if it is a policy at all. */
export function escapeExpressions(text: string): string {
  let escaped = '';
  let from = 0;
  landmark.lastIndex = 0;
  for (let found = landmark.exec(text); found !== null; found = landmark.exec(text)) {
    if (!found[0].startsWith('@')) continue;
    const end = endOfExpression(text, found.index + 1);
    if (end === null) break;
    escaped += text.slice(from, found.index) + escapeText(text.slice(found.index, end));
    from = end;
    landmark.lastIndex = end;
  }
  return escaped + text.slice(from);
}

/** After the bracket that closes the one at `start`; null where none does. */
function endOfExpression(text: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    opaque.lastIndex = at;
    const skipped = opaque.exec(text);
    if (skipped !== null) {
      at += skipped[0].length - 1;
      continue;
    }
    const character = text.charAt(at);
    if ('({['.includes(character)) depth += 1;
    if (')}]'.includes(character)) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return null;
}

/** Entities that stand there already are left: some policies were escaped by hand in places. */
function escapeText(expression: string): string {
  return expression
    .replace(/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/gi, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

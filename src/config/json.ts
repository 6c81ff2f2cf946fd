import { parse } from '@humanwhocodes/momoa';
import { AuditorError } from '../auditor-error';

/** Parses JSON. Throws `config-invalid` that names the line and column where it ends to be JSON, but not its text. */
export function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const place = findError(text);
    const where = place ? `line ${place.line}, column ${place.column}: ` : '';
    const problem = `${where}no valid JSON here; a comma, a quote or a bracket too many or too few is the usual reason`;
    throw new AuditorError('config-invalid', `The configuration ${origin} is not JSON.`, {
      cause,
      problems: [problem],
      location: origin,
    });
  }
}

/** JSON.parse tells no place for most errors; a parser that does is asked only then. */
function findError(text: string): { readonly line: number; readonly column: number } | null {
  try {
    parse(text, { mode: 'json' });
    return null;
  } catch (error) {
    const { line, column } = error as { line?: unknown; column?: unknown };
    return typeof line === 'number' && typeof column === 'number' ? { line, column } : null;
  }
}

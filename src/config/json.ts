import { parse } from '@humanwhocodes/momoa';
import { AuditorError } from '../auditor-error';

/** Parses JSON. Throws `config-invalid` that names the line and column where it ends to be JSON, but not its text. */
export function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would repeat a piece of the text.
    const place = findError(text);
    const where = place ? `line ${place.line}, column ${place.column}: ` : '';
    const problem = `${where}no valid JSON here; a comma, a quote or a bracket too many or too few is the usual reason`;
    throw new AuditorError('config-invalid', `The configuration ${origin} is not JSON.`, {
      problems: [problem],
      location: origin,
    });
  }
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** JSON.parse tells no place for most errors; a parser that does is asked only then. */
function findError(text: string): Place | null {
  try {
    parse(text, { mode: 'json' });
    return null;
  } catch (error) {
    const { line, column, message } = error as Partial<Place & Error>;
    // It places an end that comes too soon at the last token's start.
    if (message?.startsWith('Unexpected end of input')) return endOf(text.trimEnd());
    return line === undefined || column === undefined ? null : { line, column };
  }
}

function endOf(text: string): Place {
  const lines = text.split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

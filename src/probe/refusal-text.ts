import { fieldOf, parseJson } from './json-value';

/**
 * A body that is no answer of a model, read: its JSON (`undefined` where it is none), what it says to a person
 * (null where it is empty), and whether it is readable at all. JSON, plain text and an empty body are; a page
 * in mark-up is not, nor is what calls itself JSON and is none.
 */
export interface RefusalText {
  readonly json: unknown;
  readonly message: string | null;
  readonly isReadable: boolean;
}

/** Reads the body of an answer outside 2xx. APIM says `message`, Azure OpenAI `error.message`. */
export function readRefusalText(text: string, contentType: string | null): RefusalText {
  const trimmed = text.trim();
  if (trimmed === '') return { json: undefined, message: null, isReadable: true };
  const json = parseJson(trimmed);
  if (json === undefined) {
    const saysJson = /[/+]json\b/i.test(contentType ?? '');
    return { json, message: trimmed, isReadable: !saysJson && !trimmed.startsWith('<') };
  }
  const said = fieldOf(json, 'message') ?? fieldOf(fieldOf(json, 'error'), 'message');
  return { json, message: typeof said === 'string' ? said : trimmed, isReadable: true };
}

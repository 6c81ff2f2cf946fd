/** Headers as they came: lower-cased names; a list where one came more than once. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The names that the gateway's declaration gives to headers; null = not sent. */
export interface DeclaredHeaderNames {
  readonly consumedTokens: string | null;
  readonly remainingTokens: string | null;
  readonly remainingQuotaTokens: string | null;
  readonly retryAfter: string | null;
  readonly backend: string | null;
}

/** What an exchange keeps at most, so that its row in storage has a known size; bytes. */
const keptBytes = 2048;
const keptValueBytes = 256;

/** Headers that explain who answered and why, by exact name or, with a star, by beginning. */
const explaining = [
  'retry-after*',
  'x-ms-region',
  'x-ms-deployment-name',
  'x-ms-spillover*',
  'x-ratelimit-*',
  'apim-request-id',
  'x-request-id',
  'content-type',
  'date',
];

/** A header's value where it came exactly once and says something; null otherwise. */
export function singleHeader(headers: AnswerHeaders, name: string | null): string | null {
  const value = name === null ? undefined : headers[name.toLowerCase()];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A header read as a number of tokens: a whole number from 0, once; null for anything else. */
export function tokenCountHeader(headers: AnswerHeaders, name: string | null): number | null {
  const text = singleHeader(headers, name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * The headers worth keeping: the declared ones first, then those that explain an answer; at most 2 KB together. `quote`
 * takes out of a text what must not be kept; it sees values before they are cut, since half a key is no longer known,
 * and a header whose name it changes is left out. Cookies are never kept: a session in a report could be replayed.
 */
export function chooseHeaders(
  headers: AnswerHeaders,
  declared: DeclaredHeaderNames,
  quote: (text: string) => string = (text) => text,
): Record<string, string> {
  const chosen: Record<string, string> = {};
  let leftBytes = keptBytes;
  for (const [name, chosenByTheirs] of wantedNames(headers, declared)) {
    const value = headers[name];
    if (value === undefined || name.includes('cookie') || quote(chosenByTheirs) !== chosenByTheirs) continue;
    const text = firstBytes(quoted(value, quote), keptValueBytes);
    leftBytes -= Buffer.byteLength(name) + Buffer.byteLength(text);
    if (leftBytes < 0) break;
    chosen[name] = text;
  }
  return chosen;
}

/** Names, each with the part of it that the other side chose. */
function wantedNames(headers: AnswerHeaders, declared: DeclaredHeaderNames): ReadonlyMap<string, string> {
  const wanted = new Map<string, string>();
  for (const name of Object.values(declared)) wanted.set(name?.toLowerCase() ?? '', '');
  const names = Object.keys(headers);
  for (const pattern of explaining) {
    if (!pattern.endsWith('*')) {
      wanted.set(pattern, '');
      continue;
    }
    const start = pattern.slice(0, -1);
    for (const name of names) {
      if (name.startsWith(start) && !wanted.has(name)) wanted.set(name, name.slice(start.length));
    }
  }
  return wanted;
}

function quoted(value: string | readonly string[], quote: (text: string) => string): string {
  return typeof value === 'string' ? quote(value) : value.map(quote).join(', ');
}

/** The beginning of a text, at most so many bytes of UTF-8, never half a character. */
export function firstBytes(text: string, maxBytes: number): string {
  if (text.length <= maxBytes && /^[\x20-\x7e]*$/.test(text)) return text;
  const bytes = Buffer.from(text.slice(0, maxBytes), 'utf8').subarray(0, maxBytes);
  return new TextDecoder().decode(bytes, { stream: true });
}

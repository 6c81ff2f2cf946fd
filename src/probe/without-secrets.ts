/** What was sent in confidence. */
export interface Secrets {
  readonly keys: readonly string[];
  readonly prompt: string;
}

/** Runs of this many words of the prompt are taken for the prompt. */
const promptRun = 3;

/** No more of a text is searched, and of that no more is kept: what is cut off at the end of the one is not in the other. */
const searchedCharacters = 8000;
const keptCharacters = 4000;

/**
 * A gateway's text without what we sent in confidence: some error pages echo the request. Keys are cut out wherever
 * they stand, as they are, in capitals, escaped for a URL or for JSON; the prompt wherever three of its words stand in a
 * row; and what is one of them in base64. Only the first 4,000 characters are answered.
 */
export function withoutSecrets(text: string, secrets: Secrets): string {
  const plain = withoutPrompt(withoutKeys(text.slice(0, searchedCharacters), secrets), secrets);
  return withoutEncoded(plain, secrets).slice(0, keptCharacters);
}

function withoutKeys(text: string, { keys }: Secrets): string {
  const forms = keys.flatMap((key) => [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]);
  return [...new Set(forms)]
    .filter((form) => form !== '')
    .reduce((left, form) => left.replace(literally(form), '[key]'), text);
}

function literally(text: string): RegExp {
  return new RegExp(text.replace(/[^A-Za-z0-9]/g, '\\$&'), 'gi');
}

function withoutPrompt(text: string, secrets: Secrets): string {
  let kept = '';
  let from = 0;
  for (const { start, end } of promptRunsIn(text, secrets)) {
    if (start >= from) kept += `${text.slice(from, start)}[prompt]`;
    from = end;
  }
  return kept + text.slice(from);
}

function promptRunsIn(text: string, secrets: Secrets): readonly { readonly start: number; readonly end: number }[] {
  const words = [...text.matchAll(/[a-z]+/gi)].map((match) => ({ word: match[0].toLowerCase(), at: match.index }));
  const prompt = `${secrets.prompt} `;
  return words.flatMap(({ at: start }, first) => {
    const run = words.slice(first, first + promptRun);
    const last = run.at(-1);
    if (run.length < promptRun || last === undefined) return [];
    const isOfPrompt = prompt.includes(` ${run.map(({ word }) => word).join(' ')} `);
    return isOfPrompt ? [{ start, end: last.at + last.word.length }] : [];
  });
}

/** Base64 of both alphabets, wherever in a group of four its beginning stands. */
function withoutEncoded(text: string, secrets: Secrets): string {
  return text.replace(/[A-Za-z0-9+/_-]{12,}={0,2}/g, (run) => {
    const decoded = [0, 1, 2, 3].map((skipped) => Buffer.from(run.slice(skipped), 'base64').toString('latin1'));
    const tells = decoded.some(
      (plain) => withoutKeys(plain, secrets) !== plain || promptRunsIn(plain, secrets).length > 0,
    );
    return tells ? '[encoded]' : run;
  });
}

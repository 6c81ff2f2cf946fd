import { isLetter, mayHide } from './base64-scan';

/** What was sent in confidence. */
export interface Secrets {
  readonly keys: readonly string[];
  readonly prompt: string;
}

/** Fewer characters of base64 are not looked into. */
const shortestEncoded = 12;

/** Runs of this many words of the prompt are taken for the prompt. */
const promptRun = 3;

/** No more of a text is searched, and of that no more is kept: what is cut off at the end of the one is not in the other. */
const searchedCharacters = 8000;
const keptCharacters = 4000;

interface Place {
  readonly start: number;
  readonly end: number;
}

const nowhere: readonly Place[] = [];

/**
 * A gateway's text without what we sent in confidence: some error pages echo the request. Keys are cut out wherever
 * they stand, as they are, in capitals, escaped for a URL or for JSON; the prompt wherever three of its words stand in a
 * row; and what is one of them in base64. Only the first 4,000 characters are answered.
 */
export function withoutSecrets(text: string, secrets: Secrets): string {
  return secretsRemover(secrets)(text);
}

/** The same for many texts: what has to be known of the secrets is made ready once. */
export function secretsRemover({ keys, prompt }: Secrets): (text: string) => string {
  const spacedPrompt = `${prompt} `;
  const keyForms = keys.flatMap(formsOf);
  const lowerForms = keyForms.map((form) => form.toLowerCase());
  const { shortestWord, longestWord } = wordLengthsOf(prompt);
  const shortestForm = Math.min(...keyForms.map((form) => form.length));
  const shortestRun = promptRun * shortestWord + promptRun - 1;
  const shortestTelling = Math.min(shortestForm, shortestRun, shortestEncoded);
  const hidden = { printable: shortestForm, words: promptRun, shortestWord, longestWord };

  return (text) => {
    if (text.length < shortestTelling) return text;
    const searched = text.slice(0, searchedCharacters);
    const plain = withoutPrompt(withoutKeys(searched));
    return withoutEncoded(plain).slice(0, keptCharacters);
  };

  /** Nearly every text holds no key; a search in lower letters finds that out far faster than the expressions do. */
  function withoutKeys(text: string): string {
    if (!holdsKey(text)) return text;
    return keyForms.reduce((left, form) => left.replace(literally(form), '[key]'), text);
  }

  function holdsKey(text: string): boolean {
    const lower = text.toLowerCase();
    return lowerForms.some((form) => lower.includes(form));
  }

  function withoutPrompt(text: string): string {
    const runs = promptRunsIn(text);
    if (runs.length === 0) return text;
    let kept = '';
    let from = 0;
    for (const { start, end } of runs) {
      if (start >= from) kept += `${text.slice(from, start)}[prompt]`;
      from = end;
    }
    return kept + text.slice(from);
  }

  /** Words that are shorter or longer than any of the prompt are told by their length alone: nearly all are. */
  function promptRunsIn(text: string): readonly Place[] {
    if (text.length < shortestRun) return nowhere;
    const runs: Place[] = [];
    let run = nowhere;
    for (let at = 0; at < text.length; at += 1) {
      if (!isLetter(text.charCodeAt(at))) continue;
      const start = at;
      while (isLetter(text.charCodeAt(at))) at += 1;
      const isPossible = at - start >= shortestWord && at - start <= longestWord;
      run = isPossible ? [...run.slice(1 - promptRun), { start, end: at }] : nowhere;
      if (run.length < promptRun) continue;
      const words = run.map((word) => text.slice(word.start, word.end).toLowerCase());
      if (spacedPrompt.includes(` ${words.join(' ')} `)) runs.push({ start: run[0]?.start ?? 0, end: at });
    }
    return runs;
  }

  /** Base64 of both alphabets, wherever in a group of four its beginning stands. */
  function withoutEncoded(text: string): string {
    if (text.length < shortestEncoded) return text;
    return text.replace(/[A-Za-z0-9+/_-]{12,}={0,2}/g, (run) => {
      const tells = [0, 1, 2, 3].some((skipped) => {
        if (!mayHide(run, skipped, hidden)) return false;
        const plain = Buffer.from(run.slice(skipped), 'base64').toString('latin1');
        return holdsKey(plain) || promptRunsIn(plain).length > 0;
      });
      return tells ? '[encoded]' : run;
    });
  }
}

/** How a key may be written: as it is, escaped for a URL, escaped for JSON. */
function formsOf(key: string): readonly string[] {
  if (/^[A-Za-z0-9]*$/.test(key)) return key === '' ? [] : [key];
  return [...new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)])];
}

/** Without taking the prompt apart: one of 30,000 words would cost more than the answer. */
function wordLengthsOf(prompt: string): { readonly shortestWord: number; readonly longestWord: number } {
  let shortestWord = Number.POSITIVE_INFINITY;
  let longestWord = 0;
  for (let start = 0; start < prompt.length; ) {
    const space = prompt.indexOf(' ', start);
    const end = space === -1 ? prompt.length : space;
    if (end > start) {
      shortestWord = Math.min(shortestWord, end - start);
      longestWord = Math.max(longestWord, end - start);
    }
    start = end + 1;
  }
  return { shortestWord, longestWord };
}

function literally(text: string): RegExp {
  return new RegExp(text.replace(/[^A-Za-z0-9]/g, '\\$&'), 'gi');
}

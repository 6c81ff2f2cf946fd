/** Runs of this many words of the prompt are taken for the prompt. */
const promptRun = 3;

/** No more of a text is searched and kept than this; characters. */
const longestText = 4000;

/**
 * A gateway's text without what we sent in confidence: some error pages echo the request. Keys are cut out wherever
 * they stand, the prompt wherever three of its words stand in a row. Only the first 4,000 characters are answered.
 */
export function withoutSecrets(
  text: string,
  secrets: { readonly keys: readonly string[]; readonly prompt: string },
): string {
  const withoutKeys = secrets.keys
    .filter((key) => key !== '')
    .reduce((left, key) => left.replaceAll(key, '[key]'), text)
    .slice(0, longestText);
  const words = [...withoutKeys.matchAll(/[a-z]+/g)].map((match) => ({ word: match[0], at: match.index }));
  const prompt = `${secrets.prompt} `;
  let kept = '';
  let from = 0;
  for (let first = 0; first + promptRun <= words.length; first += 1) {
    const run = words.slice(first, first + promptRun);
    const start = run[0]?.at ?? 0;
    const last = run.at(-1);
    if (last === undefined || !prompt.includes(` ${run.map(({ word }) => word).join(' ')} `)) continue;
    if (start >= from) kept += `${withoutKeys.slice(from, start)}[prompt]`;
    from = last.at + last.word.length;
  }
  return kept + withoutKeys.slice(from);
}

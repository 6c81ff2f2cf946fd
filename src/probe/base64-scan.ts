/** What text hidden in base64 would have to look like. */
export interface HiddenText {
  /** Printable characters without a space, so many in a row. */
  readonly printable: number;
  /** Or so many words in a row, of letters, none shorter or longer than this. */
  readonly words: number;
  readonly shortestWord: number;
  readonly longestWord: number;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const padding = '='.charCodeAt(0);

/** Six bits by character code, of both alphabets. */
const sextets = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (character === '+' || character === '-') return 62;
  if (character === '/' || character === '_') return 63;
  return Math.max(0, alphabet.indexOf(character));
});

/**
 * Whether a run of base64 characters, read from `from` on, may hold such a text: no is sure. Ids and words of headers look
 * like base64; this tells them apart without decoding them, since it is asked of every header of every answer.
 */
export function mayHide(
  run: string,
  from: number,
  { printable, words, shortestWord, longestWord }: HiddenText,
): boolean {
  let bits = 0;
  let bitCount = 0;
  let printableInRow = 0;
  let wordsInRow = 0;
  let letters = 0;
  for (let at = from; at < run.length; at += 1) {
    const code = run.charCodeAt(at);
    if (code === padding) break;
    bits = ((bits << 6) | (sextets[code] ?? 0)) & 0xffff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    const byte = (bits >> bitCount) & 0xff;
    printableInRow = byte > 0x20 && byte < 0x7f ? printableInRow + 1 : 0;
    if (printableInRow >= printable) return true;
    if (isLetter(byte)) {
      letters += 1;
      continue;
    }
    if (letters === 0) continue;
    wordsInRow = letters >= shortestWord && letters <= longestWord ? wordsInRow + 1 : 0;
    if (wordsInRow >= words) return true;
    letters = 0;
  }
  return wordsInRow + 1 >= words && letters >= shortestWord && letters <= longestWord;
}

/** Of ASCII, in either case; false for NaN, behind the end of a text. */
export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

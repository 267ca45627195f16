/** Where the words of a search stand in a text, as the manager's search matches them. Pure. */

/** Half-open, in UTF-16 units. */
export interface Place {
  start: number;
  end: number;
}

const PIECES = /"([^"]*)"?|([^\s"]+)/g;
const WORD = /[\p{L}\p{N}]+/gu;

/** The words that are looked for: those in "quotes" one by one, since they only have to be marked. */
export function wordsOf(typed: string): string[] {
  const pieces = [...typed.matchAll(PIECES)].map((piece) => piece[1] ?? piece[2] ?? '');
  const words = pieces.flatMap((piece) => piece.match(WORD) ?? []).map(plain);
  return [...new Set(words)];
}

/** Every word of `text` that is one of `words`, or for the last of them begins with it. */
export function placesOf(text: string, words: readonly string[]): Place[] {
  const last = words.at(-1);
  if (last === undefined) return [];
  const found: Place[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = plain(match[0]);
    if (!words.includes(word) && !word.startsWith(last)) continue;
    found.push({ start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** Without capitals and accents, as FTS5's unicode61 reads words. */
export function plain(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

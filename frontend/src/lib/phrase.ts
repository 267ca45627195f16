/** Words that stand in a row, wherever they do: how the search within one chat reads. Pure. */
import type { Place } from './found-words';
import { plain } from './plain-text';

const WORD = /[\p{L}\p{N}]+/gu;
const BETWEEN = '[^\\p{L}\\p{N}]+';

/**
 * What was typed, as it is looked for: whatever stands between its words may be anything but a
 * letter, so that **marks** of Markdown are no hindrance. The first may be the end of a longer word
 * and the last the beginning of one. Null without a word.
 */
export function phraseOf(typed: string): RegExp | null {
  const words = plain(typed).match(WORD);
  return words && new RegExp(words.join(BETWEEN), 'gu');
}

/** `text` is as `plain` leaves it. */
export function hasPhrase(text: string, phrase: RegExp): boolean {
  return text.search(phrase) >= 0;
}

/** Where the phrase stands in a text as it is written. */
export function placesOfPhrase(text: string, phrase: RegExp): Place[] {
  // What is left of a letter may be longer or shorter than it: each unit remembers its letter.
  let whole = '';
  const from: Place[] = [];
  for (const { segment, index } of letters(text)) {
    const left = plain(segment);
    for (let unit = 0; unit < left.length; unit++)
      from.push({ start: index, end: index + segment.length });
    whole += left;
  }
  return [...whole.matchAll(phrase)].map((match) => ({
    start: from[match.index]!.start,
    end: from[match.index + match[0].length - 1]!.end,
  }));
}

function* letters(text: string): Generator<{ segment: string; index: number }> {
  let index = 0;
  for (const segment of text) {
    yield { segment, index };
    index += segment.length;
  }
}

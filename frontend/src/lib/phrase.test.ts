import { describe, expect, it } from 'vitest';
import { plain } from './plain-text';
import { hasPhrase, phraseOf, placesOfPhrase } from './phrase';

const found = (text: string, typed: string) => {
  const phrase = phraseOf(typed);
  if (!phrase) return null;
  const marked = placesOfPhrase(text, phrase).map(({ start, end }) => text.slice(start, end));
  expect(hasPhrase(plain(text), phrase)).toBe(marked.length > 0);
  return marked;
};

describe('a phrase in a text', () => {
  it.each([
    ['The prefix cache.', 'prefix cache', ['prefix cache']],
    ['The cache has no prefix.', 'prefix cache', []],
    // Anywhere in a word, as a browser finds it.
    ['Recaches, caches', 'cache', ['cache', 'cache']],
    ['unfix cached', 'fix cache', ['fix cache']],
    // Marks of Markdown, ends of lines and signs stand between words.
    ['a **bold** _word_', 'bold word', ['bold** _word']],
    ['key\n- value', 'Key-value', ['key\n- value']],
    ['Café and cafe\u0301s', 'CAFE', ['Café', 'cafe']],
    ['İstanbul straße 中文字', '文', ['文']],
    ['none', '', null],
    ['none', '** !', null],
  ])('%j has %j at %j', (text, typed, places) => {
    expect(found(text, typed)).toEqual(places);
  });
});

import { describe, expect, it } from 'vitest';
import { placesOf, wordsOf } from './found-words';

const marked = (text: string, typed: string) =>
  placesOf(text, wordsOf(typed)).map(({ start, end }) => text.slice(start, end));

describe('the words of a search', () => {
  it.each([
    ['', []],
    ['Prefix CACHE', ['prefix', 'cache']],
    ['"two words" three', ['two', 'words', 'three']],
    ['open "quote', ['open', 'quote']],
    ['key-value *', ['key', 'value']],
    ['Übung übung', ['ubung']],
  ])('%j looks for %j', (typed, words) => {
    expect(wordsOf(typed)).toEqual(words);
  });
});

describe('the places of words in a text', () => {
  it.each([
    ['The cache caches.', 'cache', ['cache', 'caches']],
    ['The cache caches.', 'cache the', ['The', 'cache']],
    ['Nothing', 'cache', []],
    ['Nothing', '', []],
    ['Café and cafe', 'cafe', ['Café', 'cafe']],
    ['recache', 'cache', []],
  ])('%j for %j marks %j', (text, typed, places) => {
    expect(marked(text, typed)).toEqual(places);
  });
});

import { expect, it } from 'vitest';
import { wholeNumber } from './typed-number';

it.each([
  ['', 0, null],
  [' \u2009', 1, null],
  ['8 000', 0, 8000],
  ['100,000', 1, 100_000],
  ['1\u2009000_000', 0, 1_000_000],
  ['0', 0, 0],
  ['0', 1, undefined],
  ['1.5', 0, undefined],
  ['-1', 0, undefined],
  ['many', 0, undefined],
])('%j of %d or more is %j', (text, least, value) => {
  expect(wholeNumber(text, least)).toBe(value);
});

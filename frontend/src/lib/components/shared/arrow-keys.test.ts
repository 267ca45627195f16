import { expect, it } from 'vitest';
import { placeAfter } from './arrow-keys';

it.each([
  ['ArrowDown', -1, 0],
  ['ArrowDown', 0, 1],
  ['ArrowDown', 2, 2],
  ['ArrowUp', 0, 0],
  ['ArrowUp', 2, 1],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['a', 1, -1],
])('%s from %i of three leads to %i', (key, here, there) => {
  expect(placeAfter(key, here, 3)).toBe(there);
});

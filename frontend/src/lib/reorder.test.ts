import { describe, expect, it } from 'vitest';
import { landing, moved } from './reorder';

describe('moving an item', () => {
  it.each([
    [0, 2, ['b', 'c', 'a']],
    [2, 0, ['c', 'a', 'b']],
    [1, 1, ['a', 'b', 'c']],
    [0, -1, ['a', 'b', 'c']],
    [2, 3, ['a', 'b', 'c']],
  ])('from %d to %d', (from, to, expected) => {
    expect(moved(['a', 'b', 'c'], from, to)).toEqual(expected);
  });
});

describe('where a dragged item lands', () => {
  const boxes = [
    { top: 0, bottom: 10 },
    { top: 10, bottom: 50 },
    { top: 50, bottom: 60 },
  ];

  it.each([
    [0, -20, 0],
    [0, 29, 0],
    [0, 31, 1],
    [0, 400, 2],
    [2, 31, 2],
    [2, 29, 1],
    [2, 6, 1],
    [2, 4, 0],
    [1, 30, 1],
  ])('item %d with the pointer at %d: place %d', (from, y, expected) => {
    expect(landing(boxes, from, y)).toBe(expected);
  });
});

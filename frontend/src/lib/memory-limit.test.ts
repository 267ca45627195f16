import { expect, it } from 'vitest';
import { smallerBudget } from './memory-limit';

const GIB = 1024 ** 3;

it.each<[unknown, number | undefined, number | null]>([
  [48, 20 * GIB, 20],
  [20, 20 * GIB, null],
  [20, 20 * GIB - 4096, null],
  [8, 8 * GIB, null],
  [48, undefined, null],
  [null, 20 * GIB, null],
])('a limit of %s GiB beside a budget of %s bytes', (limit, budget, smaller) => {
  expect(smallerBudget(limit, budget)).toBe(smaller);
});

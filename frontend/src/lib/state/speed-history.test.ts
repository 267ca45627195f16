import { expect, it } from 'vitest';
import { SpeedHistory } from './speed-history.svelte';

it('keeps the latest figures, and none that is not known', () => {
  const history = new SpeedHistory(3);
  expect(history.highest).toBe(0);
  for (const value of [90, 1, null, 2, 3]) history.add(value);
  expect([history.values, history.highest]).toEqual([[1, 2, 3], 3]);
});

it('draws a moment at its place, however few there are', () => {
  const history = new SpeedHistory(4);
  history.add(7);
  history.add(8);
  expect(history.drawn).toEqual([null, null, 7, 8]);
});

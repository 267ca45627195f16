import { expect, it } from 'vitest';
import { SpeedHistory } from './speed-history.svelte';

it('keeps the latest figures, and none that is not known', () => {
  const history = new SpeedHistory(3);
  expect(history.highest).toBe(0);
  for (const value of [90, 1, null, 2, 3]) history.add(value);
  expect([history.values, history.highest]).toEqual([[1, 2, 3], 3]);
});

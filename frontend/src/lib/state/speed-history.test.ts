import { expect, it } from 'vitest';
import { SpeedHistory } from './speed-history.svelte';

/** One figure a second, from the first second on. */
function looked(history: SpeedHistory, ...values: (number | null)[]) {
  values.forEach((value, second) => history.add(value, (second + 1) * 1000));
}

it('keeps the latest figures, and one that is not known as a gap', () => {
  const history = new SpeedHistory(3);
  expect(history.highest).toBe(0);
  looked(history, 90, 1, null, 3);
  expect([history.values, history.highest]).toEqual([[1, null, 3], 3]);
});

it('draws a moment at its place, however few there are', () => {
  const history = new SpeedHistory(4);
  looked(history, 7, 8);
  expect(history.drawn).toEqual([null, null, 7, 8]);
});

it('has a gap where nobody looked, as in a tab that was hidden', () => {
  const history = new SpeedHistory(5);
  looked(history, 7);
  history.add(8, 1900);
  history.add(9, 5000);
  expect(history.values).toEqual([7, 8, null, null, 9]);
  history.add(1, 3_600_000);
  expect(history.values).toEqual([null, null, null, null, 1]);
  history.clear();
  history.add(2, 7_200_000);
  expect(history.values).toEqual([2]);
});

import { beforeEach, expect, it } from 'vitest';
import { Rail } from './rail.svelte';

beforeEach(() => localStorage.clear());

it('is unfolded until somebody folds it, and stays so on this browser', () => {
  const rail = new Rail();
  expect(rail.folded).toBe(false);
  rail.folded = true;
  expect(new Rail().folded).toBe(true);
  rail.folded = false;
  expect(new Rail().folded).toBe(false);
});

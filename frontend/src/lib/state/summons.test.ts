import { expect, it } from 'vitest';
import { Summons } from './summons.svelte';

it('is taken once, by the one it is meant for', () => {
  const summons = new Summons();
  summons.ask('search');
  expect([summons.take('composer'), summons.waits('search')]).toEqual([false, true]);
  expect([summons.take('search'), summons.take('search')]).toEqual([true, false]);
});

it('gives way to a later one', () => {
  const summons = new Summons();
  summons.ask('search');
  summons.ask('import');
  expect([summons.waits('search'), summons.take('import')]).toEqual([false, true]);
});

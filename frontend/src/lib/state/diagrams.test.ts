import { expect, it } from 'vitest';
import { Diagrams, type Drawing } from './diagrams.svelte';

const drawing = (name: string): Drawing => ({
  source: 'data:,',
  width: 1,
  height: 1,
  name,
  light: false,
  problem: null,
});

it('shows code until somebody asks for diagrams, and remembers that', () => {
  const diagrams = new Diagrams();
  expect(diagrams.shown).toBe(false);
  diagrams.shown = true;
  expect(new Diagrams().shown).toBe(true);
  diagrams.shown = false;
  expect(new Diagrams().shown).toBe(false);
});

it('keeps the latest pictures by text and theme, and none for the next person', () => {
  const diagrams = new Diagrams();
  for (let at = 0; at < 41; at += 1) diagrams.keep(`graph ${at}`, at === 40, drawing(`${at}`));
  expect(diagrams.drawn('graph 0', false)).toBeNull();
  expect(diagrams.drawn('graph 1', false)).toMatchObject({ name: '1' });
  expect(diagrams.drawn('graph 40', false)).toBeNull();
  expect(diagrams.drawn('graph 40', true)).toMatchObject({ name: '40' });
  diagrams.clear();
  expect(diagrams.drawn('graph 40', true)).toBeNull();
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Toasts } from './toasts.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const texts = (toasts: Toasts) => toasts.items.map((toast) => toast.text);

it('go by themselves, errors stay', () => {
  const toasts = new Toasts();
  toasts.show('Done');
  toasts.show('Failed', { tone: 'bad' });
  vi.advanceTimersByTime(10_000);
  expect(texts(toasts)).toEqual(['Failed']);
  toasts.dismiss(toasts.items[0]!.id);
  expect(toasts.items).toEqual([]);
});

it('stay while somebody looks at them', () => {
  const toasts = new Toasts();
  toasts.show('Done');
  const { id } = toasts.items[0]!;
  toasts.hold(id);
  vi.advanceTimersByTime(60_000);
  expect(texts(toasts)).toEqual(['Done']);
  toasts.resume(id);
  vi.advanceTimersByTime(10_000);
  expect(toasts.items).toEqual([]);
});

it('are few, and say each thing once', () => {
  const toasts = new Toasts();
  for (const text of ['a', 'b', 'c', 'd', 'e', 'c']) toasts.show(text);
  expect(texts(toasts)).toEqual(['b', 'd', 'e', 'c']);
});

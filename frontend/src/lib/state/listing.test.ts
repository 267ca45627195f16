import { describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api/errors';
import type { Page } from '$lib/api/every-page';
import { Listing } from './listing.svelte';

const page = (items: string[], next_cursor: string | null = null): Page<string> => ({
  items,
  next_cursor,
});

describe('a list', () => {
  it('grows page by page until there is no more', async () => {
    const list = new Listing((cursor) =>
      Promise.resolve(cursor === 'second' ? page(['c']) : page(['a', 'b'], 'second')),
    );
    expect(list.loaded).toBe(false);
    await list.load();
    expect([list.items, list.hasMore]).toEqual([['a', 'b'], true]);
    await list.more();
    expect([list.items, list.hasMore]).toEqual([['a', 'b', 'c'], false]);
    await list.more();
    expect(list.items).toHaveLength(3);
  });

  it('keeps what it has when asking again fails, and says why', async () => {
    const answers = [
      () => Promise.resolve(page(['a'])),
      () => Promise.reject(new ApiError('Down.', 503, 'x')),
    ];
    const list = new Listing(() => answers.shift()!());
    await list.load();
    await list.load();
    expect([list.items, list.loaded, list.error?.message]).toEqual([['a'], true, 'Down.']);
    expect(list.loading).toBe(false);
  });

  it('drops an answer that a newer question has overtaken', async () => {
    const waiting: ((answer: Page<string>) => void)[] = [];
    const list = new Listing<string>(() => new Promise((resolve) => waiting.push(resolve)));
    const both = [list.load(), list.load()];
    waiting[1]?.(page(['new']));
    waiting[0]?.(page(['old']));
    await Promise.all(both);
    expect(list.items).toEqual(['new']);
  });

  it('forgets everything, an answer on its way too', async () => {
    let answer: (answer: Page<string>) => void = () => undefined;
    const list = new Listing<string>(() => new Promise((resolve) => (answer = resolve)));
    const asked = list.load();
    list.clear();
    answer(page(['a']));
    await asked;
    expect([list.items, list.loaded, list.loading]).toEqual([[], false, false]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { Gate } from '$lib/testing/gate';
import { aFit, aHubModel } from '$lib/testing/models';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { addressOf, HubSearch, wishFrom, type HubWish } from './hub-search.svelte';

const SEARCH = 'GET /api/models/search';
const WISH: HubWish = { query: '', sort: 'downloads', fitting: true };
const answer = (ids: string[]) =>
  json(200, { items: ids.map((id) => aHubModel({ id })), next_cursor: null });
const ids = (search: HubSearch) => search.found.map((model) => model.id);

let search: HubSearch;
beforeEach(() => (search = new HubSearch()));

describe('the address of a search', () => {
  it.each<[string, HubWish]>([
    ['', WISH],
    ['?query=qwen', { ...WISH, query: 'qwen' }],
    ['?query=a+b&sort=likes&all=', { query: 'a b', sort: 'likes', fitting: false }],
  ])('%j is a wish and back', (address, wish) => {
    expect(wishFrom(new URLSearchParams(address))).toEqual(wish);
    expect(addressOf(wish)).toBe(address);
  });

  it('does not take an order that there is not', () => {
    expect(wishFrom(new URLSearchParams('?sort=rm')).sort).toBe('downloads');
  });
});

describe('the search', () => {
  it('leaves out what could not run here, unless told otherwise', async () => {
    const items = [
      aHubModel(),
      aHubModel({ id: 'org/giant', fit: aFit({ verdict: 'too_large' }) }),
      aHubModel({ id: 'org/strange', unsupported: 'Nobody knows it.' }),
    ];
    manager.on(SEARCH, json(200, { items, next_cursor: null }));
    await search.search(WISH);
    expect(ids(search)).toEqual(['org/one']);
    await search.search({ ...WISH, fitting: false });
    expect(ids(search)).toEqual(['org/one', 'org/giant', 'org/strange']);
  });

  it('shows the answer to the last question, whichever comes first', async () => {
    const gate = new Gate();
    manager.on(SEARCH, async (reply, asked) => {
      const query = asked.query.get('query') ?? '';
      if (query === 'old') await gate.opened;
      answer([`org/${query}`])(reply, asked);
    });
    const first = search.search({ ...WISH, query: 'old' });
    await search.search({ ...WISH, query: 'new' });
    gate.open();
    await first;
    expect(ids(search)).toEqual(['org/new']);
    expect([search.loading, search.error]).toEqual([false, null]);
  });

  it('keeps what was found when the hub fails, and asks again', async () => {
    manager.on(SEARCH, answer(['org/one']));
    await search.search(WISH);
    manager.on(SEARCH, json(502, { detail: 'The hub failed.', code: 'hub_failed' }));
    await search.again();
    expect([ids(search), search.error?.message]).toEqual([['org/one'], 'The hub failed.']);
    manager.on(SEARCH, answer(['org/two']));
    await search.again();
    expect([ids(search), search.error]).toEqual([['org/two'], null]);
  });

  it('has more while the list is full, up to what the hub gives', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, place) => `org/${place}`);
    manager.on(SEARCH, answer(many(20)));
    await search.search(WISH);
    expect(search.hasMore).toBe(true);
    manager.on(SEARCH, answer(many(25)));
    await search.more();
    expect([search.found.length, search.hasMore]).toEqual([25, false]);
  });
});

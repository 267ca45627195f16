import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aHit } from '$lib/testing/folders';
import { Gate } from '$lib/testing/gate';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { ChatSearch } from './chat-search.svelte';

const SEARCH = 'GET /api/chat/search';
const answer = (ids: string[], next_cursor: string | null = null) =>
  json(200, { items: ids.map((message_id) => aHit({ message_id })), next_cursor });

let search: ChatSearch;
const ids = () => search.hits.map((hit) => hit.message_id);
const words = () => manager.asked.map((asked) => asked.query.get('q'));

beforeEach(() => (search = new ChatSearch(0)));

describe('the search of what was said', () => {
  it('asks for the words once they rest', async () => {
    manager.on(SEARCH, answer(['one']));
    search.type('c');
    search.type('ca');
    search.type('cache');
    await vi.waitFor(() => expect(search.answered).toBe('cache'));
    expect([words(), ids()]).toEqual([['cache'], ['one']]);
  });

  it('shows the answer to the last question, whichever comes first', async () => {
    const gate = new Gate();
    manager.on(SEARCH, async (reply, asked) => {
      const words = asked.query.get('q') ?? '';
      if (words === 'old') await gate.opened;
      answer([words])(reply, asked);
    });
    search.wanted = 'old';
    const first = search.search();
    search.wanted = 'new';
    await search.search();
    gate.open();
    await first;
    expect([ids(), search.answered, search.loading]).toEqual([['new'], 'new', false]);
  });

  it('adds further places, none twice, and the title of a chat beside its messages', async () => {
    manager.on(SEARCH, answer(['one', 'two'], 'more'));
    search.wanted = 'cache';
    await search.search();
    expect(search.hasMore).toBe(true);
    const items = [aHit({ message_id: 'two' }), aHit({ message_id: null, role: null })];
    manager.on(SEARCH, json(200, { items, next_cursor: null }));
    await search.more();
    expect(manager.asked.at(-1)?.query.get('cursor')).toBe('more');
    expect([ids(), search.hasMore]).toEqual([['one', 'two', null], false]);
  });

  it('keeps what was found when the manager fails, and asks again', async () => {
    manager.on(SEARCH, answer(['one']));
    search.wanted = 'cache';
    await search.search();
    manager.on(SEARCH, json(500, { detail: 'Broken index.', code: 'internal' }));
    await search.search();
    expect([ids(), search.error?.message]).toEqual([['one'], 'Broken index.']);
  });

  it('is over when nothing is looked for, whatever still comes', async () => {
    manager.on(SEARCH, answer(['one']));
    search.wanted = 'cache';
    const late = search.search();
    search.type(' ');
    await late;
    expect([search.active, search.answered, ids()]).toEqual([false, '', []]);
  });
});

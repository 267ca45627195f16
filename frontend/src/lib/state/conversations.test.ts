import { beforeEach, describe, expect, it } from 'vitest';
import { aConversation } from '$lib/testing/messages';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Conversations, titleFrom } from './conversations.svelte';

const LIST = 'GET /api/chat/conversations';
const ONE = '/api/chat/conversations/conversation-1';

let list: Conversations;

beforeEach(async () => {
  list = new Conversations();
  const items = [aConversation(), aConversation({ id: 'conversation-2', title: 'Second' })];
  manager.on(LIST, json(200, { items, next_cursor: 'next' }));
  await list.load();
});

describe('the list of conversations', () => {
  it('adds older ones and keeps none twice', async () => {
    const older = [
      aConversation({ id: 'conversation-2' }),
      aConversation({ id: 'conversation-3' }),
    ];
    manager.on(LIST, json(200, { items: older, next_cursor: null }));
    await list.loadMore();
    expect(list.items.map((item) => item.id)).toEqual([
      'conversation-1',
      'conversation-2',
      'conversation-3',
    ]);
    expect(list.hasMore).toBe(false);
  });

  it('shows a new title at once, and the old one again when it is refused', async () => {
    manager.on(`PATCH ${ONE}`, json(500, { detail: 'Disk full.', code: 'internal' }));
    const renamed = list.rename('conversation-1', ' Other ');
    expect(list.items[0]?.title).toBe('Other');
    await renamed;
    expect(list.items[0]?.title).toBe('First');
    expect(list.error?.message).toBe('Disk full.');
  });

  it('counts one that is gone already as deleted, and keeps one that is refused', async () => {
    manager.on(`DELETE ${ONE}`, json(500, { detail: 'No.', code: 'internal' }));
    expect(await list.remove('conversation-1')).toBe(false);
    expect(list.items).toHaveLength(2);
    manager.on(`DELETE ${ONE}`, json(404, { detail: 'Gone.', code: 'conversation_not_found' }));
    expect(await list.remove('conversation-1')).toBe(true);
    expect(list.items).toHaveLength(1);
  });

  it('moves the one written in to the top', () => {
    list.touch('conversation-2', '2026-02-02T00:00:00Z');
    expect(list.items[0]).toMatchObject({
      id: 'conversation-2',
      updated_at: '2026-02-02T00:00:00Z',
    });
  });
});

describe('a title made of a message', () => {
  it.each([
    ['Short', 'Short'],
    ['  First line \nsecond line', 'First line'],
    [`${'word '.repeat(20)}`, `${'word '.repeat(12).trim()}…`],
    ['x'.repeat(80), `${'x'.repeat(60)}…`],
  ])('%j becomes %j', (message, title) => {
    expect(titleFrom(message)).toBe(title);
  });
});

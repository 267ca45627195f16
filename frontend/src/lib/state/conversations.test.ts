import { beforeEach, describe, expect, it } from 'vitest';
import { Gate } from '$lib/testing/gate';
import { aConversation } from '$lib/testing/messages';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Conversations, titleFrom } from './conversations.svelte';

const LIST = 'GET /api/chat/conversations';
const ONE = '/api/chat/conversations/conversation-1';
const MOMENTS = { first: '2026-01-02T00:00:00Z', second: '2026-01-01T00:00:00Z' };

let list: Conversations;
const ids = (folder: string | null = null) => list.on(folder).map((item) => item.id);

beforeEach(async () => {
  list = new Conversations();
  const items = [
    aConversation({ updated_at: MOMENTS.first }),
    aConversation({ id: 'conversation-2', title: 'Second', updated_at: MOMENTS.second }),
  ];
  manager.on(LIST, json(200, { items, next_cursor: 'next' }));
  await list.load();
});

describe('the shelves of conversations', () => {
  it('asks for those in no folder, and adds older ones, none twice', async () => {
    expect(manager.asked[0]?.query.get('folder')).toBe('none');
    const older = ['conversation-2', 'conversation-3'].map((id) =>
      aConversation({ id, updated_at: MOMENTS.second }),
    );
    manager.on(LIST, json(200, { items: older, next_cursor: null }));
    await list.shelf(null).more();
    expect(manager.asked[1]?.query.get('cursor')).toBe('next');
    expect(ids().sort()).toEqual(['conversation-1', 'conversation-2', 'conversation-3']);
    expect(list.shelf(null).hasMore).toBe(false);
  });

  it('reads a folder by itself', async () => {
    const items = [aConversation({ id: 'in-folder', folder_id: 'work' })];
    manager.on(LIST, json(200, { items, next_cursor: null }));
    await list.shelf('work').load();
    expect(manager.asked.at(-1)?.query.get('folder')).toBe('work');
    expect([ids('work'), ids()]).toEqual([['in-folder'], ['conversation-1', 'conversation-2']]);
    expect(list.latest).toHaveLength(3);
  });

  it('forgets what is gone when it is read anew, but not the one in front', async () => {
    const old = aConversation({ id: 'old', updated_at: '2020-01-01T00:00:00Z' });
    manager.on('GET /api/chat/conversations/old/summary', json(200, old));
    await list.know('old');
    manager.on(LIST, json(200, { items: [aConversation()], next_cursor: null }));
    await list.load();
    expect(ids()).toEqual(['conversation-1', 'old']);
  });

  it('keeps older pages when it is read anew, and goes on from there', async () => {
    const older = [aConversation({ id: 'old', updated_at: '2020-01-01T00:00:00Z' })];
    manager.on(LIST, json(200, { items: older, next_cursor: 'older' }));
    await list.shelf(null).more();
    const items = [aConversation({ id: 'new', updated_at: '2026-03-01T00:00:00Z' })];
    items.push(aConversation({ updated_at: MOMENTS.first }));
    manager.on(LIST, json(200, { items, next_cursor: 'second' }));
    await list.reload();
    expect(ids()).toEqual(['new', 'conversation-1', 'conversation-2', 'old']);
    await list.shelf(null).more();
    expect(manager.asked.at(-1)?.query.get('cursor')).toBe('older');
  });

  it('asks for the one in front only when it is not known, and lets it be gone', async () => {
    const before = manager.asked.length;
    await list.know('conversation-1');
    await list.know(null);
    expect(manager.asked).toHaveLength(before);
    await list.know('gone');
    expect([manager.asked.length, list.find('gone')]).toEqual([before + 1, null]);
  });

  it('keeps what is known when the manager is away, and says why', async () => {
    manager.on(LIST, json(503, { detail: 'Starting.', code: 'busy' }));
    await list.load();
    expect([ids().length, list.shelf(null).error?.message]).toEqual([2, 'Starting.']);
    expect([list.shelf(null).loaded, list.shelf(null).loading]).toEqual([true, false]);
  });

  it('drops an answer that comes after everything was forgotten', async () => {
    const late = list.load();
    list.clear();
    await late;
    expect([list.items, list.loaded]).toEqual([[], false]);
  });
});

describe('a change of a conversation', () => {
  it('shows a new title at once, and the old one again when it is refused', async () => {
    manager.on(`PATCH ${ONE}`, json(500, { detail: 'Disk full.', code: 'internal' }));
    const renamed = list.rename('conversation-1', ' Other ');
    expect(list.find('conversation-1')?.title).toBe('Other');
    expect((await renamed)?.message).toBe('Disk full.');
    expect(list.find('conversation-1')?.title).toBe('First');
  });

  it('keeps a new title that a shelf read meanwhile does not have yet', async () => {
    manager.on(`PATCH ${ONE}`, async (reply, asked) => {
      await list.load();
      json(200, aConversation({ title: 'Other' }))(reply, asked);
    });
    expect(await list.rename('conversation-1', 'Other')).toBeNull();
    expect(list.find('conversation-1')?.title).toBe('Other');
  });

  it('does not take back a later title when an earlier one is refused', async () => {
    const gate = new Gate();
    manager.on(`PATCH ${ONE}`, async (reply, asked) => {
      const { title } = asked.body as { title: string };
      if (title === 'Late') return json(200, aConversation({ title }))(reply, asked);
      await gate.opened;
      return json(500, { detail: 'Disk full.', code: 'internal' })(reply, asked);
    });
    const early = list.rename('conversation-1', 'Early');
    await list.rename('conversation-1', 'Late');
    gate.open();
    await early;
    expect(list.find('conversation-1')?.title).toBe('Late');
  });

  it('asks nothing for a title that is empty or the same', async () => {
    const before = manager.asked.length;
    await list.rename('conversation-1', '  ');
    await list.rename('conversation-1', 'First');
    expect(manager.asked).toHaveLength(before);
  });

  it('moves it at once, and back when that is refused', async () => {
    manager.on(`PATCH ${ONE}`, json(200, aConversation({ folder_id: 'work' })));
    expect(await list.move('conversation-1', 'work')).toBeNull();
    expect(manager.asked.at(-1)?.body).toEqual({ folder_id: 'work' });
    expect([ids('work'), ids()]).toEqual([['conversation-1'], ['conversation-2']]);

    manager.on(`PATCH ${ONE}`, json(404, { detail: 'No folder.', code: 'not_found' }));
    expect((await list.move('conversation-1', null))?.message).toBe('No folder.');
    expect(ids('work')).toEqual(['conversation-1']);
  });

  it('counts one that is gone already as deleted, and keeps one that is refused', async () => {
    manager.on(`DELETE ${ONE}`, json(500, { detail: 'No.', code: 'internal' }));
    expect((await list.remove('conversation-1'))?.message).toBe('No.');
    expect(list.items).toHaveLength(2);
    manager.on(`DELETE ${ONE}`, json(404, { detail: 'Gone.', code: 'conversation_not_found' }));
    expect(await list.remove('conversation-1')).toBeNull();
    expect(list.items).toHaveLength(1);
  });

  it('moves the one written in to the top', () => {
    list.touch('conversation-2', '2026-02-02T00:00:00Z');
    expect(ids()).toEqual(['conversation-2', 'conversation-1']);
  });

  it('begins one in the folder that was chosen, once', async () => {
    manager.on('POST /api/chat/conversations', json(201, aConversation({ id: 'new' })));
    list.destination = 'work';
    await list.create('Hi there', 'mlx-manager/guide');
    expect(manager.asked.at(-1)?.body).toEqual({
      title: 'Hi there',
      model: 'mlx-manager/guide',
      folder_id: 'work',
    });
    expect(list.destination).toBeNull();
  });

  it('takes all out of a folder that is gone, and reads those it never knew', async () => {
    list.items.push(aConversation({ id: 'known', folder_id: 'work' }));
    const items = [aConversation({ id: 'known' }), aConversation({ id: 'never-read' })];
    manager.on(LIST, json(200, { items, next_cursor: null }));
    await list.emptyFolder('work');
    expect([ids('work'), ids().sort()]).toEqual([[], ['known', 'never-read']]);
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

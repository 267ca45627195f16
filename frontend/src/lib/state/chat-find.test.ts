import { beforeEach, describe, expect, it } from 'vitest';
import type { PlacedMessage } from '$lib/api/types';
import { aPage, aPlaced } from '$lib/testing/messages';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { ChatFind } from './chat-find.svelte';
import { OpenConversation } from './conversation.svelte';

const OPEN = 'GET /api/chat/conversations/conversation-1/messages';

const said = (id: string, content: string, role: PlacedMessage['role'] = 'user') =>
  aPlaced({ id, content, role, status: 'complete' });
const OLDER = [said('a', 'An old **prefix** cache.')];
const LATER = [
  said('b', 'The cache is full.'),
  said('tool', 'cache', 'tool'),
  said('c', 'Nothing.'),
  said('d', 'Caches again.'),
];

let chat: OpenConversation;
let find: ChatFind;
let seen: string[];

/** A chat of which the first message is still to come. */
beforeEach(async () => {
  manager.on(OPEN, json(200, aPage(LATER, 'older')));
  chat = new OpenConversation();
  await chat.open('conversation-1');
  manager.on(OPEN, json(200, aPage(OLDER)));
  seen = [];
  find = new ChatFind(chat, (id) => seen.push(id));
});

describe('finding in a chat', () => {
  it('begins with what is in view, and goes round both ways', async () => {
    await find.look('cache', 'c');
    expect([find.current, find.hits, find.place]).toEqual(['d', ['a', 'b', 'd'], 3]);
    find.step(1);
    find.step(-1);
    find.step(-1);
    expect(seen).toEqual(['d', 'a', 'd', 'b']);
  });

  it('keeps the one in front while what is typed still stands in it', async () => {
    await find.look('c', 'b');
    await find.look('ca', 'c');
    expect([find.current, seen]).toEqual(['b', ['b']]);
    await find.look('caches', 'b');
    expect(find.current).toBe('d');
    await find.look('cachet', 'b');
    expect([find.current, find.hits, find.place]).toEqual([null, [], 0]);
  });

  it('fetches what was said before, and shows the latest of it where nothing else has it', async () => {
    const looking = find.look('old prefix cache', 'b');
    expect([find.hits, find.isWhole]).toEqual([[], false]);
    await looking;
    expect([find.current, find.isWhole, seen]).toEqual(['a', true, ['a']]);
  });

  it('says that it has not seen everything when that cannot be fetched', async () => {
    manager.on(OPEN, json(500, { detail: 'Oh.', code: 'internal' }));
    await find.look('old prefix', 'b');
    expect([find.current, find.isWhole]).toEqual([null, false]);
  });

  it('looks for nothing without a word, or once it is closed', async () => {
    await find.look('!', 'b');
    find.step(1);
    expect([seen, chat.hasOlder]).toEqual([[], true]);
    await find.look('cache', 'b');
    find.close();
    expect([find.hits, find.current, find.typed]).toEqual([[], null, 'cache']);
  });
});

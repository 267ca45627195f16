import { beforeEach, describe, expect, it } from 'vitest';
import { aConversation } from '$lib/testing/messages';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { ChatTransfer } from './chat-transfer.svelte';
import { conversations } from './conversations.svelte';

const IMPORT = 'POST /api/chat/import';
const LIST = 'GET /api/chat/conversations';
const EMPTY = json(200, { items: [], next_cursor: null });

const file = (name: string, text: string) => ({ name, text: () => Promise.resolve(text) });
const chats = (...titles: string[]) =>
  JSON.stringify({ conversations: titles.map((title) => ({ title, messages: [{}] })) });

let transfer: ChatTransfer;
let kept: { text: Promise<string>; name: string }[];
const keep = (blob: Blob, name: string) => void kept.push({ text: blob.text(), name });

beforeEach(() => {
  transfer = new ChatTransfer();
  kept = [];
  conversations.clear();
  manager.on('GET /api/chat/folders', EMPTY);
  manager.on(LIST, EMPTY);
});

describe('a file that comes in', () => {
  it('goes to the manager as it is, and its chats are told', async () => {
    manager.on(IMPORT, json(201, { conversation_ids: ['a', 'b'] }));
    const text = chats('One', 'Two');
    await transfer.import([file('chats.json', text)]);
    expect(manager.asked[0]?.body).toEqual(JSON.parse(text));
    expect(transfer.report).toEqual({
      came: [
        { id: 'a', title: 'One', folder: null, messages: 1 },
        { id: 'b', title: 'Two', folder: null, messages: 1 },
      ],
      failed: [],
    });
    expect(transfer.reading).toBeNull();
  });

  it('shows what came in', async () => {
    await conversations.load();
    manager.on(IMPORT, json(201, { conversation_ids: ['new'] }));
    const items = [aConversation({ id: 'new' })];
    manager.on(LIST, json(200, { items, next_cursor: null }));
    await transfer.import([file('chats.json', chats('One'))]);
    expect(conversations.find('new')).not.toBeNull();
  });

  it('does not keep the others from coming when it is refused', async () => {
    const refused = json(400, { detail: 'This is no export.', code: 'not_an_export' });
    manager.on(IMPORT, (reply, asked) => {
      const good = JSON.stringify(asked.body).includes('Good');
      (good ? json(201, { conversation_ids: ['good'] }) : refused)(reply, asked);
    });
    await transfer.import([
      file('bad.json', '{}'),
      { name: 'folder', text: () => Promise.reject(new Error('a folder')) },
      file('good.json', chats('Good')),
    ]);
    expect(transfer.report?.came.map((chat) => chat.title)).toEqual(['Good']);
    expect(transfer.report?.failed).toEqual([
      { name: 'bad.json', reason: 'This is no export.' },
      { name: 'folder', reason: 'The browser could not read this file.' },
    ]);
  });
});

it('reads no further file of somebody who has left, and tells nobody of the first', async () => {
  manager.on(IMPORT, (reply, asked) => {
    transfer.clear();
    json(201, { conversation_ids: ['a'] })(reply, asked);
  });
  await transfer.import([file('mine.json', chats('Mine')), file('more.json', chats('More'))]);
  expect([transfer.report, transfer.reading]).toEqual([null, null]);
  expect(manager.asked.map(({ path }) => path)).toEqual(['/api/chat/import']);
});

describe('a file that goes out', () => {
  it('is named after its chat', async () => {
    manager.on('GET /api/chat/conversations/one/export', (reply, asked) => {
      reply.end(`as ${asked.query.get('format')}`);
    });
    expect(await transfer.exportOne('one', 'What? Now', 'markdown', keep)).toBeNull();
    expect(kept[0]?.name).toBe('What Now.md');
    expect(await kept[0]?.text).toBe('as markdown');
  });

  it('holds every chat as Markdown, one after the other', async () => {
    manager.on(LIST, (reply, asked) => {
      expect(asked.query.has('folder')).toBe(false);
      const second = asked.query.get('cursor') === 'two';
      const items = [aConversation({ id: second ? 'b' : 'a' })];
      json(200, { items, next_cursor: second ? null : 'two' })(reply, asked);
    });
    for (const id of ['a', 'b']) {
      manager.on(`GET /api/chat/conversations/${id}/export`, (reply) => void reply.end(`# ${id}`));
    }
    expect(await transfer.exportAll('markdown', keep)).toBeNull();
    expect([kept[0]?.name, await kept[0]?.text]).toEqual(['chats.md', '# a\n# b\n']);
    expect(transfer.exported).toBeNull();
  });

  it('is none when the manager refuses', async () => {
    manager.on('GET /api/chat/export', json(500, { detail: 'Disk.', code: 'internal' }));
    expect((await transfer.exportAll('json', keep))?.message).toBe('Disk.');
    expect([kept, transfer.exported]).toEqual([[], null]);
  });
});

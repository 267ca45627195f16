import { beforeEach, describe, expect, it } from 'vitest';
import { aFolder } from '$lib/testing/folders';
import { aConversation } from '$lib/testing/messages';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { conversations } from './conversations.svelte';
import { Folders } from './folders.svelte';

const LIST = 'GET /api/chat/folders';
const ONE = '/api/chat/folders/work';
const TAKEN = json(409, { detail: 'You have a folder named Home.', code: 'folder_exists' });

let folders: Folders;
const names = () => folders.items.map((folder) => folder.name);

beforeEach(async () => {
  conversations.clear();
  folders = new Folders();
  const items = [aFolder(), aFolder({ id: 'home', name: 'Home' })];
  manager.on(LIST, json(200, { items, next_cursor: null }));
  await folders.load();
});

describe('the folders', () => {
  it('come page by page and stand by name', async () => {
    manager.on(LIST, (reply, asked) => {
      const second = asked.query.get('cursor') === 'two';
      const items = [aFolder(second ? { id: 'a', name: 'Archive' } : {})];
      json(200, { items, next_cursor: second ? null : 'two' })(reply, asked);
    });
    await folders.load();
    expect(names()).toEqual(['Archive', 'Work']);
  });

  it('stay as they were when they cannot be read', async () => {
    manager.on(LIST, json(503, { detail: 'Starting.', code: 'busy' }));
    await folders.load();
    expect([names(), folders.error?.message]).toEqual([['Home', 'Work'], 'Starting.']);
  });

  it('take a new one, or say why not', async () => {
    manager.on('POST /api/chat/folders', json(201, aFolder({ id: 'lab', name: 'Lab' })));
    expect(await folders.create(' Lab ')).toMatchObject({ folder: { id: 'lab' }, failure: null });
    expect(manager.asked.at(-1)?.body).toEqual({ name: 'Lab' });
    expect(names()).toEqual(['Home', 'Lab', 'Work']);
    manager.on('POST /api/chat/folders', TAKEN);
    expect((await folders.create('Home')).failure?.code).toBe('folder_exists');
    expect(names()).toHaveLength(3);
  });

  it('show a new name at once, and the old one again when it is taken', async () => {
    manager.on(`PATCH ${ONE}`, TAKEN);
    const renamed = folders.rename('work', 'Home');
    expect(names()).toEqual(['Home', 'Home']);
    expect((await renamed)?.code).toBe('folder_exists');
    expect(names()).toEqual(['Home', 'Work']);
  });

  it('let go of their chats when they are deleted', async () => {
    conversations.learn(aConversation({ folder_id: 'work' }));
    const items = [aConversation()];
    manager.on('GET /api/chat/conversations', json(200, { items, next_cursor: null }));
    manager.on(`DELETE ${ONE}`, json(500, { detail: 'No.', code: 'internal' }));
    expect((await folders.remove('work'))?.message).toBe('No.');
    expect(conversations.on('work')).toHaveLength(1);
    manager.on(`DELETE ${ONE}`, json(404, { detail: 'Gone.', code: 'not_found' }));
    expect(await folders.remove('work')).toBeNull();
    expect([names(), conversations.on(null).length]).toEqual([['Home'], 1]);
  });

  it('stay unfolded over a reload', () => {
    folders.fold('work', true);
    folders.fold('home', true);
    folders.fold('work', true);
    folders.fold('home', false);
    const later = new Folders();
    expect(['work', 'home'].map((id) => later.isUnfolded(id))).toEqual([true, false]);
  });
});

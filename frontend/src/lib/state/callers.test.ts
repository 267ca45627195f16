import { beforeEach, expect, it } from 'vitest';
import { aKey, aUser } from '$lib/testing/accounts';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Callers } from './callers.svelte';

const ADA = aUser();
const BOB = aUser({ id: 'user-2', email: 'bob@example.org' });
const KEPT = aKey({ id: 'key-2', name: 'Kept', local_only: true });

let callers: Callers;

beforeEach(async () => {
  manager.on('GET /api/auth/users', json(200, { items: [ADA, BOB], next_cursor: null }));
  manager.on('GET /api/auth/users/pending/count', json(200, { count: 0 }));
  manager.on('GET /api/keys', (reply, asked) => {
    const second = asked.query.get('cursor') === 'next';
    const body = { items: [second ? KEPT : aKey()], next_cursor: second ? null : 'next' };
    json(200, body)(reply, asked);
  });
  callers = new Callers();
  await callers.load();
});

it("callers are everybody's accounts and keys, page after page", () => {
  expect(callers.people.map(({ name }) => name)).toEqual(['ada@example.org', 'bob@example.org']);
  expect(callers.keys.map(({ name }) => name)).toEqual([
    'Editor (ada@example.org)',
    'Kept (ada@example.org)',
  ]);
  const asked = manager.asked.filter(({ path }) => path === '/api/keys');
  expect(asked.every(({ query }) => query.get('all') === 'true')).toBe(true);
  expect(callers.keyName('key-9')).toBeNull();
  expect(new Callers().keyName('key-9')).toBe('…');
});

it('those who stay are listed, kept and let go', async () => {
  expect(callers.stayingKeys).toEqual(['key-2']);
  expect(callers.stayingPeople).toEqual([]);
  manager.on('PUT /api/auth/users/user-2', json(200, { ...BOB, local_only: true }));
  manager.on('PATCH /api/keys/key-2', json(200, { ...KEPT, local_only: false }));
  const kept = callers.keepPerson('user-2', true);
  expect(callers.stayingPeople).toEqual(['user-2']);
  expect(await kept).toBeNull();
  expect(await callers.keepKey('key-2', false)).toBeNull();
  expect(callers.stayingKeys).toEqual([]);
  expect(callers.stayingPeople).toEqual(['user-2']);
});

it('somebody whom the manager does not keep here is not shown as kept', async () => {
  manager.on('PUT /api/auth/users/user-2', json(403, { detail: 'No.', code: 'forbidden' }));
  expect((await callers.keepPerson('user-2', true))?.message).toBe('No.');
  expect(callers.stayingPeople).toEqual([]);
});

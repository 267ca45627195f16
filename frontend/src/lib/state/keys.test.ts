import { beforeEach, describe, expect, it } from 'vitest';
import { aKey } from '$lib/testing/accounts';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Keys } from './keys.svelte';

let keys: Keys;

beforeEach(async () => {
  manager.on('GET /api/keys', (reply, asked) => {
    const everybodys = asked.query.get('all') === 'true';
    const items = everybodys ? [aKey(), aKey({ id: 'key-2', user_id: 'user-2' })] : [aKey()];
    json(200, { items, next_cursor: null })(reply, asked);
  });
  keys = new Keys();
  await keys.load();
});

describe('the keys', () => {
  it("are one's own unless everybody's are asked for", async () => {
    expect(keys.list.items).toHaveLength(1);
    await keys.load(true);
    expect(keys.list.items).toHaveLength(2);
  });

  it('are shown once with their secret, and kept without it', async () => {
    manager.on('POST /api/keys', json(201, { ...aKey({ id: 'new' }), key: 'mlx-secret' }));
    expect(await keys.create({ name: 'Editor' })).toBeNull();
    expect(keys.fresh?.key).toBe('mlx-secret');
    expect(JSON.stringify(keys.list.items)).not.toContain('mlx-secret');
    keys.clear();
    expect(keys.fresh).toBeNull();
  });

  it('are not shown twice where the new one is on a page still to come', async () => {
    const fresh = { ...aKey({ id: 'new' }), key: 'mlx-secret' };
    manager.on('GET /api/keys', (reply, asked) => {
      const first = !asked.query.has('cursor');
      const items = [first ? aKey() : aKey({ id: 'new' })];
      json(200, { items, next_cursor: first ? 'next' : null })(reply, asked);
    });
    manager.on('POST /api/keys', json(201, fresh));
    await keys.load();
    await keys.create({ name: 'Editor' });
    await keys.list.more();
    expect(keys.list.items.map(({ id }) => id)).toEqual(['key-1', 'new']);
  });

  it('say which field was refused', async () => {
    const detail = [{ loc: ['body', 'expires_at'], msg: 'Value error, choose a time' }];
    manager.on('POST /api/keys', json(422, { detail }));
    expect((await keys.create({ name: 'x' }))?.fields).toEqual({ expires_at: 'choose a time' });
    expect(keys.list.items).toHaveLength(1);
  });

  it('take on what the manager made of a change', async () => {
    manager.on('PATCH /api/keys/key-1', json(200, aKey({ requests_per_minute: 5 })));
    expect(await keys.update('key-1', { requests_per_minute: 5 })).toBeNull();
    expect(keys.list.items[0]?.requests_per_minute).toBe(5);
  });

  it('go when they are revoked, and stay when they could not be', async () => {
    manager.on('DELETE /api/keys/key-1', json(500, { detail: 'Disk full.', code: 'x' }));
    expect((await keys.revoke('key-1'))?.message).toBe('Disk full.');
    expect(keys.list.items).toHaveLength(1);
    manager.on('DELETE /api/keys/key-1', json(204, undefined));
    expect(await keys.revoke('key-1')).toBeNull();
    expect(keys.list.items).toEqual([]);
  });
});

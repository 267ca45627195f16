import { beforeEach, describe, expect, it } from 'vitest';
import { aDownload, aHubModel, aLocalModel, aResident } from '$lib/testing/models';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { downloads } from './downloads.svelte';
import { feed } from './feed.svelte';
import { LocalModels } from './local-models.svelte';

const LOCAL = 'GET /api/models/local';
const LOAD = 'POST /v1/admin/load';

let local: LocalModels;
beforeEach(() => {
  local = new LocalModels();
  const items = [aLocalModel(), aLocalModel({ id: 'org/two', size_bytes: 5e8 })];
  manager.on(LOCAL, json(200, { items, next_cursor: null }));
  manager.on('GET /v1/models', json(200, { object: 'list', data: [] }));
});

describe('the models on this machine', () => {
  it('are listed with what they take', async () => {
    await local.list.load();
    expect(local.diskBytes).toBe(2.5e9);
    expect(local.has('org/two')).toBe(true);
    expect(local.has('org/three')).toBe(false);
  });

  it('are loaded, pinned and let go with the orders the manager knows', async () => {
    manager.on(LOAD, json(200, { model: 'org/one', resident: aResident() }));
    manager.on('POST /v1/admin/unload', json(200, { model: 'org/one', resident: null }));
    for (const action of ['load', 'pin', 'unpin', 'unload'] as const) {
      expect(await local.act('org/one', action)).toBe(true);
    }
    const orders = manager.asked.filter((asked) => asked.path.startsWith('/v1/admin/'));
    expect(orders.map((asked) => asked.body)).toEqual([
      { model: 'org/one' },
      { model: 'org/one', pinned: true },
      { model: 'org/one', pinned: false },
      { model: 'org/one' },
    ]);
  });

  it('say why one cannot be loaded, until that is read', async () => {
    manager.on(LOAD, json(507, { error: { message: 'Too large.', code: 'memory' } }));
    expect(await local.act('org/one', 'load')).toBe(false);
    expect(local.refused['org/one']?.message).toBe('Too large.');
    expect(local.busy).toEqual({});
    local.forgive('org/one');
    expect(local.refused).toEqual({});
  });

  it('leave the list when they are deleted, and stay when something uses them', async () => {
    await local.list.load();
    manager.on('DELETE /api/models/org%2Fone', json(409, { detail: 'In use.', code: 'used' }));
    manager.on('DELETE /api/models/org%2Ftwo', json(204, undefined));
    await local.act('org/one', 'remove');
    await local.act('org/two', 'remove');
    expect(local.list.items.map((model) => model.id)).toEqual(['org/one']);
    expect(local.refused['org/one']?.message).toBe('In use.');
  });

  it('are here from the moment their download is complete', async () => {
    const three = aHubModel({ id: 'org/three' });
    expect(local.isHere({ ...three, is_local: true })).toBe(true);
    await local.list.load();
    // The hub said so before the list was read, and it is gone since.
    expect(local.isHere({ ...three, is_local: true })).toBe(false);
    downloads.take({ downloads: [aDownload({ model: 'org/three', state: 'complete' })] });
    expect(local.isHere(three)).toBe(false);
    const asked = local.list.load();
    expect(local.isHere(three)).toBe(true);
    await asked;
    expect([local.isHere(three), local.isHere(aHubModel())]).toEqual([false, true]);
    downloads.clear();
  });

  it('stand in memory as the feed tells', () => {
    const models = [aResident({ state: 'loading', load_progress: 0.4 })];
    feed.pool = { event: 'pool', models, max_models: 4, alive: true, degraded_reason: null };
    expect(local.resident('org/one')?.load_progress).toBe(0.4);
    expect(local.resident('org/two')).toBeUndefined();
    feed.forget();
  });

  it('are not taken for themselves with an adapter on top', () => {
    const tuned = aResident({ adapter: 'org/tune' });
    feed.pool = {
      event: 'pool',
      models: [tuned],
      max_models: 4,
      alive: true,
      degraded_reason: null,
    };
    expect(local.resident('org/one')).toBeUndefined();
    feed.pool = { ...feed.pool, models: [tuned, aResident({ leases: 3 })] };
    expect(local.resident('org/one')?.leases).toBe(3);
    feed.forget();
  });
});

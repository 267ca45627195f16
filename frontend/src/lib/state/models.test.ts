import { beforeEach, describe, expect, it } from 'vitest';
import { Gate } from '$lib/testing/gate';
import { json, type Answer } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Models, placeOf } from './models.svelte';

const entry = (id: string) => ({ id, object: 'model', created: 1, owned_by: 'x' });

beforeEach(() => {
  const data = [entry('a/one'), entry('mlx-manager/guide')];
  manager.on('GET /v1/models', json(200, { object: 'list', data }));
});

describe('the models', () => {
  it('begin with the guide, and keep a choice over a reload', async () => {
    const models = new Models();
    await models.load();
    expect(models.selected).toBe('mlx-manager/guide');
    models.select('a/one');
    const reloaded = new Models();
    await reloaded.load();
    expect(reloaded.selected).toBe('a/one');
  });

  it('fall back when the choice is no longer there', async () => {
    const models = new Models();
    models.select('gone');
    await models.load();
    expect(models.selected).toBe('mlx-manager/guide');
  });

  it('follow the conversation in front, and go back to the own choice for a new one', async () => {
    const models = new Models();
    await models.load();
    models.select('a/one');
    models.follow('mlx-manager/guide');
    expect(models.selected).toBe('mlx-manager/guide');
    models.follow(null);
    expect(models.selected).toBe('a/one');
  });

  it('know which of them another server answers for', async () => {
    const far = { ...entry('far/one'), owned_by: 'Cloud', loaded: null };
    const near = { ...entry('a/one'), loaded: false };
    manager.on('GET /v1/models', json(200, { object: 'list', data: [near, far] }));
    const models = new Models();
    await models.load();
    expect(models.items.map(placeOf)).toEqual([null, 'Cloud']);
    models.select('far/one');
    expect(models.place).toBe('Cloud');
    models.select('a/one');
    expect(models.place).toBeNull();
  });

  it('are those of the last answer asked for, whichever comes first', async () => {
    const gate = new Gate();
    const slow: Answer = async (reply, asked) => {
      await gate.opened;
      json(200, { object: 'list', data: [entry('a/deleted')] })(reply, asked);
    };
    const fast = json(200, { object: 'list', data: [entry('a/one')] });
    manager.on('GET /v1/models', (reply, asked) =>
      (manager.asked.length === 1 ? slow : fast)(reply, asked),
    );
    const models = new Models();
    const first = models.load();
    await models.load();
    gate.open();
    await first;
    expect(models.items.map(({ id }) => id)).toEqual(['a/one']);
  });

  it('are forgotten with the session; the choice waits', async () => {
    const models = new Models();
    await models.load();
    models.select('a/one');
    models.follow('mlx-manager/guide');
    models.clear();
    expect([models.items, models.error, models.selected]).toEqual([[], null, 'a/one']);
  });

  it('say why they could not be listed', async () => {
    manager.on('GET /v1/models', json(500, { error: { message: 'Down.', code: 'x' } }));
    const models = new Models();
    await models.load();
    expect(models.error?.message).toBe('Down.');
  });
});

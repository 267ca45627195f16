import { beforeEach, describe, expect, it } from 'vitest';
import { aFit, aHubModel } from '$lib/testing/models';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { ModelPicks } from './model-picks.svelte';

const SEARCH = 'GET /api/models/search';
const offered = json(200, {
  items: [
    aHubModel({ id: 'org/small', fit: aFit({ needed_bytes: 2e9 }) }),
    aHubModel({ id: 'org/large', fit: aFit({ needed_bytes: 12e9 }) }),
    aHubModel({ id: 'org/giant', fit: aFit({ verdict: 'too_large', needed_bytes: 90e9 }) }),
  ],
  next_cursor: null,
});
const ids = (picks: ModelPicks) => picks.items.map(({ model }) => model.id);

let picks: ModelPicks;
beforeEach(() => (picks = new ModelPicks()));

describe('the models that are offered first', () => {
  it('are chosen among what the hub has', async () => {
    manager.on(SEARCH, offered);
    await picks.load();
    expect(ids(picks)).toEqual(['org/small', 'org/large']);
    expect(manager.asked[0]?.query.get('sort')).toBe('downloads');
    expect([picks.loaded, picks.loading, picks.error]).toEqual([true, false, null]);
  });

  it('come when the hub is asked again after it was out of reach', async () => {
    manager.on(SEARCH, json(502, { detail: 'No connection.', code: 'hub_failed' }));
    await picks.load();
    expect([picks.loaded, picks.error?.code]).toEqual([false, 'hub_failed']);
    manager.on(SEARCH, offered);
    await picks.load();
    expect([picks.error, picks.items.length]).toEqual([null, 2]);
  });

  it('are nothing in offline mode, and that is told', async () => {
    manager.on(SEARCH, json(503, { detail: 'Off.', code: 'offline_mode' }));
    await picks.load();
    expect(picks.error?.code).toBe('offline_mode');
  });

  it('are forgotten with the session, late answers too', async () => {
    manager.on(SEARCH, offered);
    const asked = picks.load();
    picks.clear();
    await asked;
    expect([picks.items, picks.loaded, picks.loading]).toEqual([[], false, false]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { aResident } from '$lib/testing/models';
import { events, json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Feed } from './feed.svelte';

const EVENTS = 'GET /api/events';
const pool = {
  event: 'pool',
  models: [aResident()],
  max_models: 4,
  alive: true,
  degraded_reason: null,
};
const downloads = { event: 'downloads', downloads: [] };
const signal = () => new AbortController().signal;

let feed: Feed;
beforeEach(() => (feed = new Feed()));

describe('the feed', () => {
  it('keeps the newest state of each kind, and tells listeners everything', async () => {
    const heard: string[] = [];
    feed.listen((event) => heard.push(event.event));
    const emptied = { ...pool, models: [] };
    manager.on(
      EVENTS,
      events(
        [
          ['pool', pool],
          ['downloads', downloads],
          ['pool', emptied],
        ],
        'ended',
      ),
    );
    await feed.follow(signal());
    expect(heard).toEqual(['pool', 'downloads', 'pool']);
    expect(feed.pool?.models).toEqual([]);
  });

  it('is lost when the connection is, and keeps its last figures', async () => {
    manager.on(EVENTS, events([['pool', pool]], 'dropped'));
    await feed.follow(signal());
    expect(feed.state).toBe('lost');
    expect(feed.pool?.models[0]?.id).toBe('org/one');
  });

  it('passes over kinds that a newer manager may send', async () => {
    manager.on(EVENTS, events([['weather', { event: 'weather' }]], 'ended'));
    const heard: string[] = [];
    feed.listen((event) => heard.push(event.event));
    await feed.follow(signal());
    expect(heard).toEqual([]);
  });

  it('is lost, not broken, when it is refused', async () => {
    manager.on(EVENTS, json(503, { detail: 'Busy.', code: 'busy' }));
    await feed.follow(signal());
    expect(feed.state).toBe('lost');
  });

  it('forgets what somebody saw who logs out', async () => {
    manager.on(EVENTS, events([['pool', pool]], 'ended'));
    await feed.follow(signal());
    feed.forget();
    expect([feed.pool, feed.state]).toEqual([null, 'connecting']);
  });
});

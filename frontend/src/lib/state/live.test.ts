import { afterEach, expect, it } from 'vitest';
import { aLive, aResident } from '$lib/testing/models';
import { aServer } from '$lib/testing/profiles';
import { events } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { feed } from './feed.svelte';
import { live } from './live.svelte';

const POOL = {
  event: 'pool',
  models: [
    aResident({ live: aLive({ running: 1, tokens_per_second: 40 }) }),
    aResident({ id: 'org/coming', state: 'loading', live: aLive() }),
  ],
};
const SERVERS = {
  event: 'servers',
  servers: [
    aServer({ state: 'running', live: aLive({ running: 1, tokens_per_second: 40 }) }),
    aServer({
      profile_id: 'own',
      placement: 'process',
      state: 'running',
      live: aLive({ running: 2, waiting: 1, tokens_per_second: 2.5 }),
    }),
  ],
};
const process = { model: 'org/own', used_bytes: 1, process_bytes: 2, adapter: null };
const MEMORY = {
  event: 'memory',
  processes: [
    { ...process, profile: 'own', process_id: 7, ready: true },
    { ...process, profile: 'starts', process_id: 8, ready: false },
  ],
};

afterEach(() => {
  feed.forget();
  live.clear();
});

it('counts the processes of profiles with the pool, and a profile in the pool once', async () => {
  expect([live.sum, live.resident]).toEqual([null, null]);
  const told: [string, unknown][] = [
    ['pool', POOL],
    ['memory', MEMORY],
    ['servers', SERVERS],
  ];
  manager.on('GET /api/events', events(told, 'ended'));
  await feed.follow(new AbortController().signal);
  // What was told last is no figure of this moment once the connection is gone.
  expect([feed.state, live.sum]).toEqual(['lost', null]);
  feed.state = 'live';
  expect(live.sum).toMatchObject({ running: 3, waiting: 1, tokensPerSecond: 42.5 });
  expect(live.resident).toEqual(['org/one', 'org/own']);
});

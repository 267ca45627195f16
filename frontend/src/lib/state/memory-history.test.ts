import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MemoryEvent, MemorySample } from '$lib/api/types';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { MemoryHistory } from './memory-history.svelte';

const HISTORY = 'GET /api/system/memory/history';
const NOON = Date.parse('2026-01-02T12:00:00Z');

const sample = (at: number, weights_bytes: number): MemorySample => ({
  at: new Date(at).toISOString(),
  available_bytes: 100,
  process_bytes: 50,
  used_bytes: weights_bytes + 5,
  weights_bytes,
  prefix_cache_bytes: 5,
  mlx_active_bytes: weights_bytes + 12,
});
const told = (used_bytes: number): MemoryEvent => ({
  event: 'memory',
  available_bytes: 100,
  process_bytes: 50,
  budget_bytes: 800,
  used_bytes,
  mlx_active_bytes: used_bytes + 7,
  prefix_cache_bytes: 5,
  processes: [],
});
const answer = (samples: MemorySample[]) =>
  json(200, { period_seconds: 5, machine_bytes: 1000, budget_bytes: 800, samples });

let history: MemoryHistory;
beforeEach(() => {
  history = new MemoryHistory();
  // Only the clock: the scripted manager needs its timers.
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
});
afterEach(() => vi.useRealTimers());

describe('the memory of the last hour', () => {
  it('is what was kept, and then what the feed tells', async () => {
    manager.on(HISTORY, answer([sample(NOON, 10), sample(NOON + 5000, 20)]));
    vi.setSystemTime(NOON + 6000);
    await history.load();
    history.take(told(35), NOON + 10_000);
    expect(history.points).toEqual([
      { at: NOON, values: [10, 5, 7] },
      { at: NOON + 5000, values: [20, 5, 7] },
      { at: NOON + 10_000, values: [30, 5, 7] },
    ]);
  });

  it('leaves out what the processes of profiles hold', () => {
    const writer = {
      profile: 'writer',
      model: 'a',
      adapter: null,
      process_id: 7,
      ready: true,
      used_bytes: 20,
      process_bytes: 40,
    };
    history.take({ ...told(35), mlx_active_bytes: 22, processes: [writer] }, NOON);
    expect(history.points).toEqual([{ at: NOON, values: [10, 5, 7] }]);
  });

  it('does not count twice what was seen and kept', async () => {
    history.take(told(15), NOON + 5000);
    history.take(told(25), NOON + 15_000);
    manager.on(HISTORY, answer([sample(NOON, 1), sample(NOON + 10_000, 2)]));
    await history.load();
    expect(history.points.map(({ at }) => at - NOON)).toEqual([0, 10_000, 15_000]);
  });

  it('goes by the clock of the server, where that of this machine is wrong', async () => {
    manager.on(HISTORY, answer([sample(NOON + 600_000, 1)]));
    await history.load();
    history.take(told(15), NOON + 5000);
    expect(history.points.map(({ at }) => at - NOON)).toEqual([600_000, 605_000]);
  });

  it('forgets what is older than an hour', () => {
    history.take(told(15), NOON - 3_600_001);
    history.take(told(25), NOON);
    expect(history.points.map(({ at }) => at)).toEqual([NOON]);
  });

  it('goes on with what it sees itself where the past cannot be asked for', async () => {
    manager.on(HISTORY, json(500, { detail: 'Broken.', code: 'x' }));
    history.take(told(15), NOON);
    await history.load();
    expect(history.error?.message).toBe('Broken.');
    expect(history.points).toHaveLength(1);
  });
});

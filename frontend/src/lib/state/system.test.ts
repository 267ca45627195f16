import { afterEach, describe, expect, it } from 'vitest';
import type { MemoryReport } from '$lib/api/types';
import { aResident } from '$lib/testing/models';
import { events, json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { feed } from './feed.svelte';
import { System } from './system.svelte';

const MEMORY: MemoryReport = {
  machine_bytes: 1000,
  available_bytes: 400,
  process_bytes: 100,
  budget_bytes: 800,
  used_bytes: 0,
  mlx_active_bytes: 0,
  prefix_cache_bytes: 0,
  models: [],
  processes: [],
};

afterEach(() => feed.forget());

describe('the system', () => {
  it('keeps the memory as the feed tells it', async () => {
    manager.on('GET /api/system/info', json(200, { version: '1' }));
    manager.on('GET /api/system/memory', json(200, MEMORY));
    const system = new System();
    await system.load();
    expect(system.memory).toEqual(MEMORY);
    const told = { event: 'memory', available_bytes: 300, process_bytes: 200 };
    manager.on('GET /api/events', events([['memory', told]], 'ended'));
    await feed.follow(new AbortController().signal);
    expect(system.memory?.process_bytes).toBe(200);
    expect(system.memory?.machine_bytes).toBe(1000);
  });

  it('takes what is asked for now before what the feed told long ago', async () => {
    manager.on('GET /api/system/info', json(200, { version: '1' }));
    const told: [string, unknown][] = [
      ['memory', { event: 'memory', process_bytes: 200 }],
      ['pool', { event: 'pool', models: [aResident()] }],
    ];
    manager.on('GET /api/events', events(told, 'ended'));
    await feed.follow(new AbortController().signal);
    manager.on('GET /api/system/memory', json(200, MEMORY));
    const system = new System();
    await system.load();
    expect([system.memory?.process_bytes, system.memory?.models]).toEqual([100, []]);
  });

  it('says why it could not be asked', async () => {
    manager.on('GET /api/system/info', json(200, { version: '1' }));
    manager.on('GET /api/system/memory', json(500, { detail: 'No MLX.', code: 'x' }));
    const system = new System();
    await system.load();
    expect(system.error?.message).toBe('No MLX.');
    expect(system.info).toBeNull();
  });

  it('examines once at a time, and keeps what was found when it fails later', async () => {
    const found = { ok: true, checks: [] };
    manager.on('GET /api/system/doctor', json(200, found));
    const system = new System();
    await Promise.all([system.examine(), system.examine()]);
    expect(manager.asked).toHaveLength(1);
    manager.on('GET /api/system/doctor', json(500, { detail: 'Busy.', code: 'x' }));
    await system.examine();
    expect(system.doctorError?.message).toBe('Busy.');
    expect(system.doctor).toEqual(found);
  });
});

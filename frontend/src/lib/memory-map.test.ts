import { describe, expect, it } from 'vitest';
import type { MemoryReport } from '$lib/api/types';
import { budgetBar, machineBar } from './memory-map';
import { aLive } from './testing/models';

const model = (id: string, weights_bytes: number) => ({
  id,
  weights_bytes,
  state: 'ready',
  leases: 0,
  pinned: false,
  adapter: null,
  load_progress: 1,
  loaded_at: 0,
  last_used_at: 0,
  live: aLive(),
});

const REPORT: MemoryReport = {
  machine_bytes: 1000,
  available_bytes: 400,
  process_bytes: 250,
  budget_bytes: 800,
  used_bytes: 350,
  mlx_active_bytes: 400,
  prefix_cache_bytes: 50,
  models: [model('a', 200), model('b', 100), model('on its way', 0)],
  processes: [],
};

/** A profile in a process of its own: more is resident of it than counts against the budget. */
const WRITER = {
  profile: 'writer',
  model: 'c',
  adapter: null,
  process_id: 7,
  ready: true,
  used_bytes: 150,
  process_bytes: 190,
};

const parts = (bar: ReturnType<typeof machineBar>) =>
  bar?.parts.map((part) => [part.kind, part.model ?? '', part.bytes]);

describe('the memory for models', () => {
  it('is also what the processes of profiles hold of it', () => {
    const found = budgetBar({ ...REPORT, processes: [WRITER] }).parts.slice(-2);
    expect(found.map((part) => [part.kind, part.profile ?? '', part.bytes])).toEqual([
      ['process', 'writer', 150],
      ['free', '', 250],
    ]);
  });

  it('is weights, prefixes, work and what is free, adding up to the budget', () => {
    expect(parts(budgetBar(REPORT))).toEqual([
      ['weights', 'a', 200],
      ['weights', 'b', 100],
      ['prefixes', '', 50],
      ['working', '', 50],
      ['free', '', 400],
    ]);
    const shares = budgetBar(REPORT).parts.map((part) => part.share);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1);
  });

  it('grows beyond the budget when more is held', () => {
    const bar = budgetBar({ ...REPORT, mlx_active_bytes: 900 });
    expect(bar.bytes).toBe(900);
    expect(bar.parts.some((part) => part.kind === 'free')).toBe(false);
  });
});

describe('the machine', () => {
  it('is this process, others and what is available', () => {
    expect(parts(machineBar(REPORT))).toEqual([
      ['process', '', 250],
      ['others', '', 350],
      ['free', '', 400],
    ]);
  });

  it('tells apart the processes of profiles', () => {
    const found = machineBar({ ...REPORT, processes: [WRITER] })?.parts;
    expect(found?.map(({ profile, bytes }) => [profile, bytes])).toEqual([
      [undefined, 250],
      ['writer', 190],
      [undefined, 160],
      [undefined, 400],
    ]);
  });

  it('is not drawn where the system does not tell', () => {
    expect(machineBar({ ...REPORT, available_bytes: null })).toBeNull();
  });
});

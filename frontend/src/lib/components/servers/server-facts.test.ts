import { expect, it } from 'vitest';
import type { Server } from '$lib/api/types';
import { aLive } from '$lib/testing/models';
import { aServer } from '$lib/testing/profiles';
import { serverFacts } from './server-facts';

const shown = (server: Server) =>
  Object.fromEntries(serverFacts(server).map(({ label, value }) => [label, value]));

it('says nothing of a profile that is stopped', () => {
  expect(shown(aServer())).toEqual({});
});

it('says what one in the pool costs and does', () => {
  const live = aLive({ tokens_per_second: 84.2, waiting: 3, cache_hit_rate: 0.648 });
  const server = aServer({ state: 'running', memory_bytes: 2e9, requests: 2, live });
  expect(shown(server)).toEqual({
    Memory: '2.0 GB',
    Answers: '2',
    'Waiting in the queue': '3',
    'Tokens a second': '84.2',
    'Prompt tokens from cache': '65 %',
  });
});

it('says of a process what its health check found, and leaves out what is not known', () => {
  const health = {
    status: 'healthy' as const,
    reason: null,
    checked_at: '2026-01-02T03:04:05Z',
    memory_bytes: 1.5e9,
    response_ms: 4.2,
    cpu_percent: null,
  };
  const server = aServer({
    placement: 'process',
    state: 'running',
    memory_bytes: 1e9,
    port: 10240,
    process_id: 4711,
    health,
  });
  expect(shown(server)).toEqual({
    Memory: '1.5 GB',
    Answers: '0',
    'Responds in': '4 ms',
    Port: '10240',
    Process: '4711',
  });
  expect(shown({ ...server, health: { ...health, cpu_percent: 0 } }).Processor).toBe('0 %');
});

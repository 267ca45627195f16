import { expect, it } from 'vitest';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { LatestRequests } from './latest-requests.svelte';

it('are those of models, the oldest first', async () => {
  const row = (duration_ms: number, completion_tokens: number) => ({
    duration_ms,
    completion_tokens,
  });
  const items = [row(30, 5), row(1, 0), row(20, 5)];
  manager.on('GET /api/audit', json(200, { items, next_cursor: null }));
  const latest = new LatestRequests();
  await latest.load();
  expect(latest.durations).toEqual([20, 30]);
  manager.on('GET /api/audit', json(500, { detail: 'No.', code: 'x' }));
  await latest.load();
  expect(latest.durations).toEqual([]);
});

import { expect, it } from 'vitest';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { HealthMonitor } from './health.svelte';

it('knows online from offline, and keeps the last figures while offline', async () => {
  const health = new HealthMonitor();
  expect(health.state).toBe('connecting');
  manager.on('GET /health', json(200, { status: 'healthy', version: '1' }));
  await health.refresh();
  expect(health.state).toBe('online');
  manager.on('GET /health', (reply) => void reply.destroy());
  await health.refresh();
  expect(health.state).toBe('offline');
  expect(health.latest?.version).toBe('1');
});

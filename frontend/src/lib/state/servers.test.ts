import { beforeEach, describe, expect, it } from 'vitest';
import { json, type Answer } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { aServer } from '$lib/testing/profiles';
import { Servers } from './servers.svelte';

const LIST = 'GET /api/servers';
const page = (...items: unknown[]) => json(200, { items, next_cursor: null });
const HEALTH = {
  status: 'healthy',
  reason: null,
  checked_at: '2026-01-02T03:04:05Z',
  response_ms: 4.2,
  cpu_percent: 31.5,
  memory_bytes: 1e9,
};

function gate() {
  let open: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

let servers: Servers;
beforeEach(() => (servers = new Servers()));

describe('the servers', () => {
  it('are read to the last page', async () => {
    manager.on(LIST, (reply, asked) => {
      const isFirst = asked.query.get('cursor') === null;
      const item = aServer({ profile_id: isFirst ? 'one' : 'two' });
      json(200, { items: [item], next_cursor: isFirst ? 'next' : null })(reply, asked);
    });
    await servers.load();
    expect(servers.items.map((server) => server.profile_id)).toEqual(['one', 'two']);
  });

  it('are asked how they are only where they are processes that run', async () => {
    const process = aServer({ profile_id: 'own', placement: 'process', state: 'running' });
    const stopped = aServer({ profile_id: 'off', placement: 'process' });
    manager.on(LIST, page(aServer({ state: 'running' }), process, stopped));
    manager.on('GET /api/servers/own/health', json(200, HEALTH));
    await servers.load();
    expect(servers.health).toEqual({ own: HEALTH });
    expect(manager.asked.filter(({ path }) => path.endsWith('/health'))).toHaveLength(1);
  });

  it('stay as they were when the manager is away', async () => {
    manager.on(LIST, page(aServer({ state: 'running' })));
    await servers.load();
    manager.on(LIST, json(503, { detail: 'Busy.', code: 'busy' }));
    await servers.load();
    expect([servers.items.length, servers.error?.message]).toEqual([1, 'Busy.']);
    manager.on(LIST, page(aServer()));
    await servers.load();
    expect(servers.error).toBeNull();
  });

  it('show what the manager made of an order, not what was asked before it', async () => {
    manager.on(LIST, page(aServer()));
    await servers.load();
    const asked = gate();
    const answered = gate();
    const slow: Answer = async (reply, request) => {
      asked.open();
      await answered.opened;
      await page(aServer())(reply, request);
    };
    manager.on(LIST, slow);
    const before = servers.load();
    await asked.opened;
    manager.on('POST /api/servers/profile-1/start', json(202, aServer({ state: 'starting' })));
    expect(await servers.act('profile-1', 'start')).toBe(true);
    answered.open();
    await before;
    expect(servers.of('profile-1')?.state).toBe('starting');
  });

  it('show what the feed told of an order before it was answered', async () => {
    servers.take({ servers: [aServer()] });
    manager.on('POST /api/servers/profile-1/start', (reply, request) => {
      servers.take({ servers: [aServer({ state: 'running' })] });
      json(202, aServer({ state: 'starting' }))(reply, request);
    });
    await servers.act('profile-1', 'start');
    expect(servers.of('profile-1')?.state).toBe('running');
  });

  it('say why an order was refused, until that is read', async () => {
    const refusal = json(409, { detail: 'It answers.', code: 'server_busy' });
    manager.on('POST /api/servers/profile-1/stop', refusal);
    expect(await servers.act('profile-1', 'stop')).toBe(false);
    expect(servers.refused['profile-1']?.code).toBe('server_busy');
    expect(servers.busy).toEqual({});
    servers.forgive('profile-1');
    expect(servers.refused).toEqual({});
  });

  it('are as the feed tells, whatever was asked before', async () => {
    servers.take({ servers: [aServer({ state: 'running' })] });
    expect([servers.loaded, servers.of('profile-1')?.state]).toEqual([true, 'running']);
    servers.take({ servers: [] });
    expect(servers.items).toEqual([]);
  });
});

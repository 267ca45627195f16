import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Server } from '$lib/api/types';
import { Gate } from '$lib/testing/gate';
import { json, type Answer } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { aServer } from '$lib/testing/profiles';
import { Feed } from './feed.svelte';
import { Servers } from './servers.svelte';

const LIST = 'GET /api/servers';
const page = (...items: unknown[]) => json(200, { items, next_cursor: null });

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
    const asked = new Gate();
    const answered = new Gate();
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

describe('who looks at the servers', () => {
  const full = Array.from({ length: 200 }, (_, place) => aServer({ profile_id: `p-${place}` }));
  /** A feed that tells of these servers and stays open. */
  const telling = (...fed: Server[]): Answer => {
    const data = JSON.stringify({ event: 'servers', servers: fed });
    return (reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.write(`event: servers\ndata: ${data}\n\n`);
    };
  };
  const asked = () => manager.asked.filter(({ path }) => path === '/api/servers').length;
  let feed: Feed;
  let end: AbortController;

  beforeEach(() => {
    vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }));
    manager.on(LIST, page(aServer({ state: 'running' })));
    feed = new Feed();
    end = new AbortController();
    servers = new Servers(feed);
  });
  afterEach(() => {
    end.abort();
    vi.unstubAllGlobals();
  });

  async function hear(...fed: Server[]) {
    manager.on('GET /api/events', telling(...fed));
    void feed.follow(end.signal);
    await vi.waitFor(() => expect(servers.items).toHaveLength(fed.length));
  }

  it('asks nothing while the feed tells', async () => {
    await hear(aServer());
    servers.watch()();
    expect([asked(), servers.of('profile-1')?.state]).toEqual([0, 'stopped']);
  });

  it('asks where the feed is lost, and for those that it has no room for', async () => {
    await hear(...full);
    servers.watch()();
    await vi.waitFor(() => expect(asked()).toBe(1));
    servers.take({ servers: [aServer()] });
    servers.watch()();
    expect(asked()).toBe(1);
    feed.state = 'lost';
    servers.watch()();
    await vi.waitFor(() => expect(servers.of('profile-1')?.state).toBe('running'));
  });
});

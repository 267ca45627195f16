import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gate } from '$lib/testing/gate';
import { json, type Answer } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Feed } from './feed.svelte';
import { Pending } from './pending.svelte';

const COUNT = '/api/auth/users/pending/count';

let feed: Feed;
let pending: Pending;
let end: AbortController;

/** A feed that tells of two and stays open. */
const telling: Answer = (reply) => {
  reply.writeHead(200, { 'content-type': 'text/event-stream' });
  reply.write('event: people\ndata: {"event": "people", "pending": 2}\n\n');
};
const asked = () => manager.asked.filter((request) => request.path === COUNT).length;

beforeEach(() => {
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }));
  feed = new Feed();
  pending = new Pending(feed);
  end = new AbortController();
  manager.on(`GET ${COUNT}`, json(200, { count: 5 }));
  manager.on('GET /api/events', telling);
});

afterEach(() => {
  end.abort();
  vi.unstubAllGlobals();
});

describe('the badge of those who wait', () => {
  it('asks by itself while the feed has not told', async () => {
    const leave = pending.watch();
    await vi.waitFor(() => expect(pending.count).toBe(5));
    leave();
    expect(pending.count).toBe(0);
  });

  it('takes what the feed tells, and asks no more', async () => {
    void feed.follow(end.signal);
    await vi.waitFor(() => expect(pending.count).toBe(2));
    const leave = pending.watch();
    document.dispatchEvent(new Event('visibilitychange'));
    expect([asked(), pending.count]).toEqual([0, 2]);
    leave();
  });

  it('is not put back by an answer to what was asked before the feed told', async () => {
    const gate = new Gate();
    manager.on(`GET ${COUNT}`, async (reply, request) => {
      await gate.opened;
      json(200, { count: 5 })(reply, request);
    });
    const early = pending.refresh();
    void feed.follow(end.signal);
    await vi.waitFor(() => expect(pending.count).toBe(2));
    gate.open();
    await early;
    expect(pending.count).toBe(2);
  });

  it('asks again once the feed is lost', async () => {
    void feed.follow(end.signal);
    await vi.waitFor(() => expect(pending.count).toBe(2));
    feed.state = 'lost';
    const leave = pending.watch();
    await vi.waitFor(() => expect(pending.count).toBe(5));
    leave();
  });
});

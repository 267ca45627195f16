import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gate } from '$lib/testing/gate';
import { aConversation, aMessage, aPage, aPlaced } from '$lib/testing/messages';
import { events, json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { OpenConversation } from './conversation.svelte';

const CHAT = '/api/chat/conversations/conversation-1/messages';
const COMPARE = 'POST /api/chat/messages/left/compare';

const asked = aMessage({ id: 'asked', role: 'user', content: 'Which?', status: 'complete' });
const left = aMessage({ id: 'left', model: 'a' });
const right = aMessage({ id: 'right', model: 'b' });

let open: OpenConversation;
/** The event streams that are held open, by the reply they are of. */
let streams: Record<string, ServerResponse>;

/** A reply that goes on until the test ends it. */
function writes(id: string) {
  manager.on(`GET /api/chat/messages/${id}/events`, (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    streams[id] = response;
  });
  manager.on(
    `POST /api/chat/messages/${id}/stop`,
    json(200, aMessage({ id, content: 'Half', status: 'stopped' })),
  );
}

const tell = (id: string, event: string, data: unknown) =>
  streams[id]!.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

function ends(id: string, content: string) {
  tell(id, 'done', { message: aMessage({ id, content, status: 'complete' }) });
  streams[id]!.end();
}

const place = () => open.messages.at(-1)!;
const contents = () => [place().content, place().beside?.content];
const posted = (end: string) =>
  manager.asked.filter(({ method, path }) => method === 'POST' && path.endsWith(end));

beforeEach(async () => {
  open = new OpenConversation();
  streams = {};
  manager.on(`GET ${CHAT}`, json(200, aPage([])));
  manager.on(`POST ${CHAT}`, json(202, { message: asked, reply: left }));
  manager.on(COMPARE, json(202, { reply: right }));
  writes('left');
  writes('right');
  await open.open('conversation-1');
});

afterEach(async () => {
  await open.open(null);
  for (const stream of Object.values(streams)) stream.destroy();
});

const followed = () =>
  vi.waitFor(() => expect(Object.keys(streams)).toHaveLength(2), { timeout: 5000 });

async function compared() {
  expect(await open.compare('Which?', { model: 'a' }, 'b')).toBe(true);
  await followed();
}

describe('two models compared', () => {
  it('are asked at once, and both texts grow before either is complete', async () => {
    await compared();
    expect(posted('/compare').map(({ body }) => body)).toEqual([{ model: 'b' }]);
    expect(place().versions).toEqual(['left', 'right']);
    tell('right', 'text', { delta: 'Ri' });
    tell('left', 'text', { delta: 'Le' });
    await vi.waitFor(() => expect(contents()).toEqual(['Le', 'Ri']));
    expect(open.idle).toBe(false);
    ends('right', 'Right');
    await vi.waitFor(() => expect(contents()).toEqual(['Le', 'Right']));
    expect(open.streaming).toBe(true);
    ends('left', 'Left');
    await vi.waitFor(() => expect(open.idle).toBe(true));
    expect(contents()).toEqual(['Left', 'Right']);
  });

  it('are stopped one by one, or both', async () => {
    await compared();
    await open.stop(place());
    expect(posted('/stop').map(({ path }) => path)).toEqual(['/api/chat/messages/left/stop']);
    expect([place().status, place().beside?.status]).toEqual(['stopped', 'streaming']);
    expect(open.streaming).toBe(true);
    await open.stop();
    expect(posted('/stop')).toHaveLength(2);
    expect(place().beside?.status).toBe('stopped');
    expect(open.idle).toBe(true);
  });

  it('are not asked both when one stops before the question is taken', async () => {
    const both = open.compare('Which?', { model: 'a' }, 'b');
    await open.stop();
    expect(await both).toBe(true);
    await vi.waitFor(() => expect(place().status).toBe('stopped'));
    expect([posted('/stop').length, posted('/compare').length]).toEqual([1, 0]);
    expect(open.idle).toBe(true);
  });

  it('are stopped both when one stops while the second is asked', async () => {
    const arrived = new Gate();
    const gate = new Gate();
    manager.on(COMPARE, async (response, request) => {
      arrived.open();
      await gate.opened;
      await json(202, { reply: right })(response, request);
    });
    const both = open.compare('Which?', { model: 'a' }, 'b');
    await arrived.opened;
    await open.stop();
    gate.open();
    await both;
    await vi.waitFor(() => expect(open.idle).toBe(true));
    expect([place().status, place().beside?.status]).toEqual(['stopped', 'stopped']);
    expect(posted('/stop')).toHaveLength(2);
  });

  it('are both there when the page is reloaded half way', async () => {
    await open.open(null);
    const shown = aPlaced({
      id: 'left',
      content: 'Le',
      versions: ['left', 'right'],
      beside: right,
    });
    manager.on(`GET ${CHAT}`, json(200, aPage([shown])));
    await open.open('conversation-1');
    await followed();
    tell('left', 'text', { delta: 'ft' });
    tell('right', 'text', { delta: 'Right' });
    await vi.waitFor(() => expect(contents()).toEqual(['Left', 'Right']));
  });

  it('are both there when one of them is complete by then', async () => {
    await open.open(null);
    const shown = aPlaced({ id: 'left', content: 'Left', status: 'complete', beside: right });
    manager.on(`GET ${CHAT}`, json(200, aPage([shown])));
    await open.open('conversation-1');
    await vi.waitFor(() => expect(streams.right).toBeDefined());
    tell('right', 'text', { delta: 'Right' });
    await vi.waitFor(() => expect(contents()).toEqual(['Left', 'Right']));
    expect(streams.left).toBeUndefined();
  });

  it('and the one that is chosen goes on by itself', async () => {
    await compared();
    ends('left', 'Left');
    ends('right', 'Right');
    await vi.waitFor(() => expect(open.idle).toBe(true));
    const chosen = aPlaced({ id: 'right', status: 'complete', versions: ['left', 'right'] });
    const detail = { ...aConversation(), messages: [aPlaced(asked), chosen] };
    manager.on('POST /api/chat/messages/right/show', json(200, detail));
    await open.show('right');
    expect(place()).toMatchObject({ id: 'right', beside: null });
  });

  it('and who writes on has chosen the first', async () => {
    await compared();
    ends('left', 'Left');
    ends('right', 'Right');
    await vi.waitFor(() => expect(open.idle).toBe(true));
    const next = aMessage({ id: 'next' });
    manager.on(`POST ${CHAT}`, json(202, { message: { ...asked, id: 'more' }, reply: next }));
    const done = aMessage({ id: 'next', status: 'complete' });
    const end = events([['done', { message: done }]], 'ended');
    manager.on('GET /api/chat/messages/next/events', end);
    await open.send('Go on', {});
    expect(open.messages.map(({ id }) => id)).toEqual(['asked', 'left', 'more', 'next']);
    expect(open.messages.every(({ beside }) => beside === null)).toBe(true);
  });

  it('but the first goes on alone where the second is refused', async () => {
    manager.on(COMPARE, json(503, { detail: 'Shutting down.', code: 'shutting_down' }));
    expect(await open.compare('Which?', { model: 'a' }, 'b')).toBe(true);
    expect(open.error?.message).toBe('Shutting down.');
    await vi.waitFor(() => expect(streams.left).toBeDefined());
    ends('left', 'Left');
    await vi.waitFor(() => expect(open.idle).toBe(true));
    expect(contents()).toEqual(['Left', undefined]);
  });
});

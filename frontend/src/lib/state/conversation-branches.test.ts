import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aConversation, aMessage, aPage, aPlaced } from '$lib/testing/messages';
import { events, json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { OpenConversation } from './conversation.svelte';

const OPEN = 'GET /api/chat/conversations/conversation-1/messages';

const asked = aPlaced({ id: 'asked-1', role: 'user', content: 'Hi', status: 'complete' });
const first = aPlaced({ id: 'reply-1', content: 'One', status: 'complete', model: 'a' });

let open: OpenConversation;

/** A reply that is complete as soon as it is watched. */
function answers(id: string, content: string) {
  const done = aMessage({ id, content, status: 'complete' });
  manager.on(`GET /api/chat/messages/${id}/events`, events([['done', { message: done }]], 'ended'));
}

const ids = () => open.messages.map(({ id }) => id);
const bodies = (end: string) =>
  manager.asked.filter(({ path }) => path.endsWith(end)).map(({ body }) => body);

beforeEach(async () => {
  open = new OpenConversation();
  manager.on(OPEN, json(200, aPage([asked, first])));
  await open.open('conversation-1');
});

describe('branches', () => {
  it('an edited question begins one, with the files it came with', async () => {
    const files = [{ id: 'f', name: 'a.txt', media_type: 'text/plain', size_bytes: 1 }];
    const edited = aMessage({ id: 'asked-2', role: 'user', content: 'Ho' });
    manager.on(
      'POST /api/chat/messages/asked-1/edit',
      json(202, { message: edited, reply: aMessage({ id: 'reply-2' }) }),
    );
    answers('reply-2', 'Two');
    expect(await open.edit({ ...asked, attachments: files }, 'Ho', { thinking: true })).toBe(true);
    expect(bodies('/edit')).toEqual([{ content: 'Ho', attachments: ['f'], thinking: true }]);
    await vi.waitFor(() => expect(open.messages[1]?.content).toBe('Two'));
    expect(open.messages[0]?.versions).toEqual(['asked-1', 'asked-2']);
  });

  it('another version is shown, and a switch that failed keeps what is there', async () => {
    const other = aPlaced({ id: 'reply-0', status: 'complete', versions: ['reply-0', 'reply-1'] });
    const detail = { ...aConversation(), messages: [asked, other] };
    manager.on('POST /api/chat/messages/reply-0/show', json(200, detail));
    await open.show('reply-0');
    expect(ids()).toEqual(['asked-1', 'reply-0']);

    manager.on('POST /api/chat/messages/gone/show', json(404, { detail: 'No.', code: 'x' }));
    await open.show('gone');
    expect(ids()).toEqual(['asked-1', 'reply-0']);
    expect(open.error?.message).toBe('No.');
  });

  it('what was not fetched yet stays so when one is switched to', async () => {
    manager.on(OPEN, json(200, aPage([asked, first], 'older')));
    const long = new OpenConversation();
    await long.open('conversation-1');
    const whole = [aPlaced({ id: 'old-1' }), asked, aPlaced({ id: 'reply-0', status: 'complete' })];
    const detail = { ...aConversation(), messages: whole };
    manager.on('POST /api/chat/messages/reply-0/show', json(200, detail));
    await long.show('reply-0');
    expect(long.messages.map(({ id }) => id)).toEqual(['asked-1', 'reply-0']);
    expect(long.hasOlder).toBe(true);
  });

  it('none is switched to while a reply is being written', async () => {
    manager.on(OPEN, json(200, aPage([asked, aPlaced({ id: 'reply-9' })])));
    let release = () => {};
    manager.on('GET /api/chat/messages/reply-9/events', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      release = () => response.end();
    });
    const busy = new OpenConversation();
    await busy.open('conversation-1');
    await busy.show('reply-0');
    expect(bodies('/show')).toEqual([]);
    await busy.open(null);
    release();
  });
});

describe('older messages', () => {
  const oldest = aPlaced({ id: 'old-1', role: 'user', status: 'complete' });

  beforeEach(async () => {
    manager.on(OPEN, (response, request) =>
      json(
        200,
        request.query.get('cursor') === 'older' ? aPage([oldest]) : aPage([asked, first], 'older'),
      )(response, request),
    );
    open = new OpenConversation();
    await open.open('conversation-1');
  });

  it('come in front, once, and then there are no more', async () => {
    expect(open.hasOlder).toBe(true);
    await Promise.all([open.loadOlder(), open.loadOlder()]);
    expect(ids()).toEqual(['old-1', 'asked-1', 'reply-1']);
    expect(open.hasOlder).toBe(false);
  });

  it('that did not come are fetched again when somebody asks', async () => {
    manager.on(OPEN, json(500, { detail: 'Oh.', code: 'internal' }));
    await open.loadOlder();
    expect(open.olderFailed).toBe(true);
    expect(open.error).toBeNull();
    manager.on(OPEN, json(200, aPage([oldest])));
    await open.loadOlder();
    expect(ids()[0]).toBe('old-1');
    expect(open.olderFailed).toBe(false);
  });

  it('that are on their way already are waited for', async () => {
    const scrolled = open.loadOlder();
    expect(await open.find('old-1')).toBe(true);
    await scrolled;
    expect(ids()).toEqual(['old-1', 'asked-1', 'reply-1']);
  });

  it('come to the last one when the whole is wanted, or until they fail', async () => {
    await open.loadWhole();
    expect([ids()[0], open.hasOlder]).toEqual(['old-1', false]);
    manager.on(OPEN, json(200, aPage([asked, first], 'older')));
    const other = new OpenConversation();
    await other.open('conversation-1');
    manager.on(OPEN, json(500, { detail: 'Oh.', code: 'internal' }));
    await other.loadWhole();
    expect([other.hasOlder, other.olderFailed]).toEqual([true, true]);
  });

  it('are fetched until a linked message is among them', async () => {
    expect(await open.find('old-1')).toBe(true);
    expect(ids()[0]).toBe('old-1');
  });

  it('do not have a message of another branch, which is then shown', async () => {
    const other = aPlaced({ id: 'other', status: 'complete' });
    const detail = { ...aConversation(), messages: [oldest, other] };
    manager.on('POST /api/chat/messages/other/show', json(200, detail));
    expect(await open.find('other')).toBe(true);
    expect(ids()).toEqual(['old-1', 'other']);
    expect(await open.find('nowhere')).toBe(false);
  });
});

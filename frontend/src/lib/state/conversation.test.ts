import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aConversation, aMessage, aPage, aPlaced } from '$lib/testing/messages';
import { events, json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { OpenConversation } from './conversation.svelte';
import { conversations } from './conversations.svelte';

const SEND = 'POST /api/chat/conversations/conversation-1/messages';
const RESULTS = 'POST /api/chat/conversations/conversation-1/results';
const OPEN = 'GET /api/chat/conversations/conversation-1/messages';
const AGAIN = 'POST /api/chat/messages/reply-3/regenerate';
const EVENTS = 'GET /api/chat/messages/reply-1/events';

const asked = aPlaced({ id: 'asked-1', role: 'user', content: 'Hi', status: 'complete' });
const done = aPlaced({ content: 'Hello', status: 'complete' });

let open: OpenConversation;

beforeEach(() => {
  open = new OpenConversation();
  conversations.clear();
  manager.on('POST /api/chat/conversations', json(201, aConversation({ title: 'Hi' })));
  manager.on(SEND, json(202, { message: asked, reply: aMessage() }));
  manager.on(EVENTS, events([['done', { message: done }]], 'ended'));
});

describe('the open conversation', () => {
  it('makes itself with the first message, lists itself, and follows the reply', async () => {
    expect(await open.send('Hi', { thinking: true })).toBe(true);
    expect(open.id).toBe('conversation-1');
    expect(conversations.items[0]?.title).toBe('Hi');
    expect(manager.asked[1]?.body).toEqual({ content: 'Hi', role: 'user', thinking: true });
    await vi.waitFor(() => expect(open.streaming).toBe(false));
    expect(open.messages.map((message) => message.content)).toEqual(['Hi', 'Hello']);
  });

  it('keeps a message that was not taken, and sends it again without writing it twice', async () => {
    manager.on(SEND, json(503, { detail: 'Full.', code: 'busy' }));
    expect(await open.send('Hi', {})).toBe(false);
    expect(open.unsent).toMatchObject({ kind: 'words', content: 'Hi' });
    expect(open.error?.message).toBe('Full.');
    expect(open.messages).toEqual([]);

    manager.on(SEND, json(202, { message: asked, reply: aMessage() }));
    expect(await open.retry({})).toBe(true);
    expect(open.unsent).toBeNull();
    expect(open.error).toBeNull();
    expect(open.messages).toHaveLength(2);
  });

  it('asks again what a failed reply was asked', async () => {
    const error = { message: 'x', code: 'engine_failed' };
    const failed = aPlaced({ id: 'reply-3', status: 'failed', error });
    manager.on(OPEN, json(200, aPage([asked, failed])));
    manager.on(AGAIN, json(202, { reply: aMessage() }));
    await open.open('conversation-1');
    expect(await open.retry({ model: 'm' })).toBe(true);
    expect(manager.asked.find(({ path }) => path.endsWith('regenerate'))?.body).toEqual({
      model: 'm',
    });
    // In its place, and not the question a second time.
    expect(open.messages.map(({ id }) => id)).toEqual(['asked-1', 'reply-1']);
    expect(open.messages[1]?.versions).toEqual(['reply-3', 'reply-1']);
  });

  describe('with several tool calls', () => {
    const given = [
      { tool_call_id: 'call-1', content: '42' },
      { tool_call_id: 'call-2', content: '43' },
    ];
    const kept = given.map((result, index) =>
      aPlaced({ id: `result-${index}`, role: 'tool', status: 'complete', ...result }),
    );
    const posted = () => manager.asked.filter((request) => request.path.endsWith('/results'));

    beforeEach(async () => {
      manager.on(OPEN, json(200, aPage([asked, done])));
      manager.on(RESULTS, json(202, { messages: kept, reply: aMessage({ id: 'reply-2' }) }));
      const answer = aMessage({ id: 'reply-2', content: '85', status: 'complete' });
      manager.on(
        'GET /api/chat/messages/reply-2/events',
        events([['done', { message: answer }]], 'ended'),
      );
      await open.open('conversation-1');
    });

    it('gives all results back at once and follows the one reply', async () => {
      expect(await open.giveResults(given, { thinking: false })).toBe(true);
      expect(posted().map((request) => request.body)).toEqual([
        { results: given, thinking: false },
      ]);
      await vi.waitFor(() => expect(open.messages.at(-1)?.content).toBe('85'));
      expect(open.messages.map((message) => message.role)).toEqual([
        'user',
        'assistant',
        'tool',
        'tool',
        'assistant',
      ]);
    });

    it('keeps results that were not taken, and sends them again', async () => {
      manager.on(RESULTS, json(503, { detail: 'Full.', code: 'busy' }));
      expect(await open.giveResults(given, {})).toBe(false);
      expect(open.unsent).toEqual({ kind: 'results', results: given });
      await open.retry({});
      expect(posted()).toHaveLength(2);
    });
  });

  it('goes on with a reply that was streaming when the page was reloaded', async () => {
    const begun = aPlaced({ content: 'Hel' });
    manager.on(OPEN, json(200, aPage([asked, begun])));
    await open.open('conversation-1');
    await vi.waitFor(() => expect(open.messages[1]?.content).toBe('Hello'));
    expect(open.streaming).toBe(false);
  });

  it('shows what another window started when a reply already runs', async () => {
    manager.on(OPEN, json(200, aPage([asked, aPlaced()])));
    manager.on(SEND, json(409, { detail: 'Runs.', code: 'reply_running' }));
    open.id = 'conversation-1';
    expect(await open.send('Again', {})).toBe(false);
    expect(open.messages).toHaveLength(2);
    expect(open.unsent).toMatchObject({ content: 'Again' });
  });

  it('tells a conversation that is gone from one that cannot be loaded', async () => {
    manager.on(OPEN, json(404, { detail: 'No.', code: 'conversation_not_found' }));
    await open.open('conversation-1');
    expect(open.phase).toBe('missing');
    manager.on(OPEN, json(500, { detail: 'Oh.', code: 'internal' }));
    await open.open('conversation-1');
    expect(open.phase).toBe('failed');
  });

  it('forgets one conversation when the next is opened', async () => {
    await open.send('Hi', {});
    await open.open(null);
    expect(open.messages).toEqual([]);
    expect(open.replies.any).toBe(false);
  });
});

it('forgets a message that was not taken once its writer is gone', async () => {
  const mine = new OpenConversation();
  manager.on('POST /api/chat/conversations', json(503, { detail: 'Full.', code: 'busy' }));
  expect(await mine.send('My secret', {})).toBe(false);
  expect([mine.id, mine.unsent]).toMatchObject([null, { content: 'My secret' }]);
  mine.clear();
  expect([mine.unsent, mine.error]).toEqual([null, null]);
});

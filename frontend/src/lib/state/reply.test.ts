import { beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '$lib/api/types';
import { aMessage } from '$lib/testing/messages';
import { events, json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Reply } from './reply.svelte';

const EVENTS = 'GET /api/chat/messages/reply-1/events';
const AT_ONCE = [0, 0];

let message: Message;
let reply: Reply;

beforeEach(() => {
  message = aMessage();
  reply = new Reply(message, AT_ONCE);
});

describe('a reply', () => {
  it('is pieced together from its events', async () => {
    const done = aMessage({ content: 'Hello you', reasoning: 'Hm. So.', status: 'complete' });
    manager.on(
      EVENTS,
      events(
        [
          ['snapshot', { message: aMessage() }],
          ['progress', { processed: 10, total: 20 }],
          ['reasoning', { delta: 'Hm. ' }],
          ['reasoning', { delta: 'So.' }],
          ['text', { delta: 'Hello ' }],
          ['text', { delta: 'you' }],
          ['done', { message: done }],
        ],
        'ended',
      ),
    );
    await reply.follow();
    expect(message).toEqual(done);
    expect(reply.connection).toBe('ended');
    expect(reply.reasoningMs).not.toBeNull();
  });

  it('shows text and prompt progress while it streams', () => {
    reply.apply({ type: 'progress', processed: 10, total: 20 });
    expect(reply.progress).toEqual({ processed: 10, total: 20 });
    reply.apply({ type: 'text', delta: 'Hello ' });
    reply.apply({ type: 'text', delta: 'you' });
    expect(message.content).toBe('Hello you');
    expect(reply.progress).toBeNull();
  });

  it('puts a tool call together, two side by side', () => {
    reply.apply({ type: 'tool_call', index: 0, id: 'a', name: 'add', arguments_delta: '{"x":' });
    reply.apply({ type: 'tool_call', index: 1, id: 'b', name: 'now' });
    reply.apply({ type: 'tool_call', index: 0, arguments_delta: '1}' });
    expect(message.tool_calls).toEqual([
      { id: 'a', name: 'add', arguments: '{"x":1}' },
      { id: 'b', name: 'now', arguments: '' },
    ]);
  });

  it('attaches again after a dropped connection and takes the snapshot, doubling nothing', async () => {
    const begun = aMessage({ content: 'Hello ' });
    const done = aMessage({ content: 'Hello you', status: 'complete' });
    let calls = 0;
    manager.on(EVENTS, (response, asked) => {
      calls += 1;
      const first = events(
        [
          ['snapshot', { message: aMessage() }],
          ['text', { delta: 'Hello ' }],
        ],
        'dropped',
      );
      const second = events(
        [
          ['snapshot', { message: begun }],
          ['text', { delta: 'you' }],
          ['done', { message: done }],
        ],
        'ended',
      );
      return (calls === 1 ? first : second)(response, asked);
    });
    await reply.follow();
    expect(calls).toBe(2);
    expect(message.content).toBe('Hello you');
  });

  it('gives up after several tries, keeps the text, and can be followed again', async () => {
    manager.on(EVENTS, (response) => void response.destroy());
    message.content = 'Hello ';
    await reply.follow();
    expect(reply.connection).toBe('lost');
    expect(message.content).toBe('Hello ');
    expect(manager.asked).toHaveLength(AT_ONCE.length + 1);

    manager.on(EVENTS, events([['done', { message: aMessage({ status: 'complete' }) }]], 'ended'));
    await reply.follow();
    expect(reply.connection).toBe('ended');
  });

  it('does not ask again when it is refused', async () => {
    manager.on(EVENTS, json(404, { detail: 'Gone.', code: 'message_not_found' }));
    await reply.follow();
    expect(reply.connection).toBe('lost');
    expect(manager.asked).toHaveLength(1);
  });

  it('stops with the text so far', async () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 1,
      cached_tokens: 0,
      reasoning_tokens: 0,
      tokens_per_second: 40,
      time_to_first_token_ms: 12,
    };
    const stopped = aMessage({ content: 'Hel', status: 'stopped', usage });
    manager.on('POST /api/chat/messages/reply-1/stop', json(200, stopped));
    let streaming: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => (streaming = resolve));
    manager.on(EVENTS, (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': open\n\n', () => streaming?.());
    });
    const followed = reply.follow();
    await begun;
    await reply.stop();
    await followed;
    expect(message).toEqual(stopped);
    expect(reply.connection).toBe('ended');
  });
});

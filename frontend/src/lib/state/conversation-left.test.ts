import { beforeEach, describe, expect, it } from 'vitest';
import { Gate } from '$lib/testing/gate';
import { aConversation, aMessage, aPage, aPlaced } from '$lib/testing/messages';
import { json, type Answer } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { OpenConversation } from './conversation.svelte';
import { conversations } from './conversations.svelte';
import { drafts } from './drafts.svelte';

const ONE = '/api/chat/conversations/conversation-1/messages';
const TWO = '/api/chat/conversations/conversation-2/messages';
const CREATE = 'POST /api/chat/conversations';

const asked = aMessage({ id: 'asked-1', role: 'user', content: 'Hi', status: 'complete' });
const reply = aMessage({ id: 'reply-1', content: 'Hello', status: 'complete' });
const other = aPlaced({ id: 'other-1', role: 'user', status: 'complete' });

let open: OpenConversation;
/** What is on its way has reached the manager, and may be answered. */
let arrived: Gate;
let gate: Gate;

const ids = () => open.messages.map(({ id }) => id);
/** Answers once the gate is open. */
const late =
  (answer: Answer): Answer =>
  async (response, request) => {
    arrived.open();
    await gate.opened;
    await answer(response, request);
  };

beforeEach(() => {
  arrived = new Gate();
  gate = new Gate();
  open = new OpenConversation();
  conversations.clear();
  manager.on(CREATE, json(201, aConversation()));
  manager.on(`GET ${ONE}`, json(200, aPage([])));
  manager.on(`GET ${TWO}`, json(200, aPage([other])));
  manager.on(`POST ${ONE}`, late(json(202, { message: asked, reply })));
});

describe('a conversation that is left while a message is on its way', () => {
  it('keeps the turn for itself', async () => {
    await open.open('conversation-1');
    const sent = open.send('Hi', {});
    await arrived.opened;
    await open.open('conversation-2');
    gate.open();
    expect(await sent).toBe(true);
    expect([open.id, ids(), open.replies.any]).toEqual(['conversation-2', ['other-1'], false]);
  });

  it('stops its reply when that was asked for first', async () => {
    manager.on('POST /api/chat/messages/reply-1/stop', json(200, { ...reply, status: 'stopped' }));
    await open.open('conversation-1');
    const sent = open.send('Hi', {});
    await arrived.opened;
    await open.stop();
    await open.open('conversation-2');
    gate.open();
    expect(await sent).toBe(true);
    expect(manager.asked.filter(({ path }) => path.endsWith('/stop'))).toHaveLength(1);
  });

  it('has it once, however soon one is back', async () => {
    await open.open('conversation-1');
    const sent = open.send('Hi', {});
    await arrived.opened;
    await open.open('conversation-2');
    const kept = aPage([aPlaced({ ...asked }), aPlaced({ ...reply })]);
    manager.on(`GET ${ONE}`, json(200, kept));
    await open.open('conversation-1');
    gate.open();
    await sent;
    expect(ids()).toEqual(['asked-1', 'reply-1']);
  });

  it('is made without taking the place of the one in front', async () => {
    manager.on(CREATE, late(json(201, aConversation())));
    const sent = open.send('Hi', {});
    await arrived.opened;
    await open.open('conversation-2');
    gate.open();
    expect(await sent).toBe(true);
    expect([open.id, ids()]).toEqual(['conversation-2', ['other-1']]);
    expect(conversations.find('conversation-1')).not.toBeNull();
  });

  it('puts no refusal into another', async () => {
    manager.on(`POST ${ONE}`, late(json(503, { detail: 'Full.', code: 'busy' })));
    await open.open('conversation-1');
    const sent = open.send('Hi', {});
    await arrived.opened;
    await open.open('conversation-2');
    gate.open();
    expect(await sent).toBe(false);
    expect([open.error, open.unsent]).toEqual([null, null]);
  });
});

it('gives words that were not taken back as a draft when their conversation is left', async () => {
  manager.on(`POST ${ONE}`, json(503, { detail: 'Full.', code: 'busy' }));
  await open.open('conversation-1');
  await open.send('Hi', {});
  await open.open('conversation-2');
  expect(drafts.get('conversation-1')).toBe('Hi');
});

describe('a search for an older message', () => {
  const oldest = aPlaced({ id: 'old-1', role: 'user', status: 'complete' });

  beforeEach(async () => {
    const older = late(json(200, aPage([oldest], 'older still')));
    manager.on(`GET ${ONE}`, (response, request) =>
      (request.query.has('cursor') ? older : json(200, aPage([other], 'older')))(response, request),
    );
    await open.open('conversation-1');
  });

  it('waits for those that are on their way', async () => {
    const scrolled = open.loadOlder();
    const found = open.find('old-1');
    gate.open();
    expect(await found).toBe(true);
    await scrolled;
    expect(ids()).toEqual(['old-1', 'other-1']);
  });

  it('ends when the conversation is left', async () => {
    const found = open.find('nowhere');
    manager.on(`GET ${TWO}`, json(200, aPage([other], 'older')));
    await open.open('conversation-2');
    gate.open();
    expect(await found).toBe(false);
    const pages = manager.asked.filter(({ path, query }) => path === TWO && query.has('cursor'));
    expect(pages).toEqual([]);
  });
});

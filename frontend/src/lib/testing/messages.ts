/** Rows as the manager sends them, complete, with what a test cares about put in. */
import type { Conversation, Message, PlacedMessage } from '$lib/api/types';

const MOMENT = '2026-01-02T03:04:05Z';

/** The first message of its branch, with no file; a conversation in no folder. */
const FIRST = { parent_id: null, attachments: [] };
const LOOSE = { folder_id: null };

export function aMessage(change: Partial<Message> = {}): Message {
  return {
    id: 'reply-1',
    conversation_id: 'conversation-1',
    role: 'assistant',
    content: '',
    reasoning: '',
    tool_calls: [],
    tool_call_id: null,
    status: 'streaming',
    finish_reason: null,
    error: null,
    usage: null,
    model: 'mlx-manager/guide',
    json_schema: null,
    created_at: MOMENT,
    ...FIRST,
    ...change,
  };
}

/** A message of the branch that is shown; the only one in its place unless told otherwise. */
export function aPlaced(change: Partial<PlacedMessage> = {}): PlacedMessage {
  const message = aMessage(change);
  return { versions: [message.id], beside: null, ...message, ...change };
}

/** A page of messages as the manager sends it: the last one first. */
export function aPage(messages: PlacedMessage[], older: string | null = null) {
  return { items: messages.toReversed(), next_cursor: older };
}

export function aConversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: 'conversation-1',
    title: 'First',
    model: 'mlx-manager/guide',
    created_at: MOMENT,
    updated_at: MOMENT,
    ...LOOSE,
    ...change,
  };
}

/** /api/chat: conversations, messages and the events of a reply. */
import { client, unwrap } from './client';
import { readEvents } from './sse';
import type {
  Conversation,
  ConversationPage,
  Message,
  MessageCreate,
  ResultsCreate,
  ResultsTurn,
  Turn,
} from './types';

/** What a reply's event stream carries. `snapshot` comes first, `done` last. */
export type ReplyEvent =
  | { type: 'snapshot' | 'done'; message: Message }
  | { type: 'progress'; processed: number; total: number }
  | { type: 'text' | 'reasoning'; delta: string }
  | { type: 'tool_call'; index: number; id?: string; name?: string; arguments_delta?: string };

const TYPES = new Set(['snapshot', 'done', 'progress', 'text', 'reasoning', 'tool_call']);

/** Those of a folder, with null those in none, with undefined all; the latest first. */
export function listConversations(
  folderId: string | null | undefined,
  cursor?: string,
): Promise<ConversationPage> {
  const query = { limit: 50, cursor, folder: folderId === null ? 'none' : folderId };
  return unwrap(client.GET('/api/chat/conversations', { params: { query } }));
}

export function createConversation(
  title: string,
  model: string | null,
  folderId: string | null,
): Promise<Conversation> {
  const body = { title, model, folder_id: folderId };
  return unwrap(client.POST('/api/chat/conversations', { body }));
}

/** The conversation without its messages. */
export function readConversation(id: string): Promise<Conversation> {
  return unwrap(client.GET('/api/chat/conversations/{conversation_id}/summary', at(id)));
}

/** Renames it, or moves it; a `folder_id` of null takes it out of its folder. */
export function changeConversation(
  id: string,
  body: { title: string } | { folder_id: string | null },
): Promise<Conversation> {
  return unwrap(client.PATCH('/api/chat/conversations/{conversation_id}', { ...at(id), body }));
}

export async function deleteConversation(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/chat/conversations/{conversation_id}', at(id)));
}

/** Stores the message and starts the reply. Raises ApiError `reply_running` while one still streams. */
export function sendMessage(conversationId: string, body: MessageCreate): Promise<Turn> {
  return unwrap(
    client.POST('/api/chat/conversations/{conversation_id}/messages', {
      ...at(conversationId),
      body,
    }),
  );
}

/** Stores the results of several calls and starts one reply to them all. Raises as `sendMessage`. */
export function sendResults(conversationId: string, body: ResultsCreate): Promise<ResultsTurn> {
  return unwrap(
    client.POST('/api/chat/conversations/{conversation_id}/results', {
      ...at(conversationId),
      body,
    }),
  );
}

export function stopReply(replyId: string): Promise<Message> {
  return unwrap(
    client.POST('/api/chat/messages/{reply_id}/stop', { params: { path: { reply_id: replyId } } }),
  );
}

/** The events of a reply, from a snapshot on. Ends after `done`, or early when the connection drops. */
export async function* replyEvents(
  replyId: string,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent, void, void> {
  const params = { path: { reply_id: replyId } };
  const body = await unwrap(
    client.GET('/api/chat/messages/{reply_id}/events', { params, parseAs: 'stream', signal }),
  );
  for await (const { event, data } of readEvents(body)) {
    if (TYPES.has(event)) yield { type: event, ...JSON.parse(data) } as ReplyEvent;
  }
}

function at(id: string) {
  return { params: { path: { conversation_id: id } } };
}

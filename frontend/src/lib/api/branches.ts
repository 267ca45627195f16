/** /api/chat/messages: other versions of a message, and which branch of a conversation is shown. */
import { client, unwrap } from './client';
import type {
  ConversationDetail,
  Message,
  MessageEdit,
  PlacedMessage,
  PlacedPage,
  ReplyAgain,
  Turn,
} from './types';

/** Says something else in a message's place, and starts the reply to that. Raises ApiError. */
export function editMessage(id: string, body: MessageEdit): Promise<Turn> {
  return unwrap(client.POST('/api/chat/messages/{message_id}/edit', { ...at(id), body }));
}

/** Starts another reply in a reply's place, or one to a message that has none. Raises ApiError. */
export async function replyAgain(id: string, body: ReplyAgain): Promise<Message> {
  const pending = client.POST('/api/chat/messages/{message_id}/regenerate', { ...at(id), body });
  return (await unwrap(pending)).reply;
}

/** Starts another reply beside a reply, which may still be being written. Raises ApiError. */
export async function replyBeside(id: string, body: ReplyAgain): Promise<Message> {
  const params = { path: { reply_id: id } };
  const pending = client.POST('/api/chat/messages/{reply_id}/compare', { params, body });
  return (await unwrap(pending)).reply;
}

/** From now on the newest branch through a message is the one shown. Raises ApiError. */
export function showBranch(id: string): Promise<ConversationDetail> {
  return unwrap(client.POST('/api/chat/messages/{message_id}/show', at(id)));
}

export interface Stretch {
  /** In their order, the oldest first. */
  messages: PlacedMessage[];
  /** Where the messages before them begin; null where there are none. */
  olderCursor: string | null;
}

/** The last messages of the branch that is shown, or those before `cursor`. Raises ApiError. */
export async function lastMessages(
  conversationId: string,
  limit: number,
  cursor?: string,
): Promise<Stretch> {
  const page: PlacedPage = await unwrap(
    client.GET('/api/chat/conversations/{conversation_id}/messages', {
      params: { path: { conversation_id: conversationId }, query: { limit, cursor } },
    }),
  );
  return { messages: page.items.toReversed(), olderCursor: page.next_cursor };
}

function at(id: string) {
  return { params: { path: { message_id: id } } };
}

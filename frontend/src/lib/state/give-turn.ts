/** Hands a draft to the manager, by the route that its kind has. */
import { editMessage, replyAgain } from '$lib/api/branches';
import { sendMessage, sendResults } from '$lib/api/chat';
import type { Draft, KeptTurn, MessageOptions, Words } from './turn';

/** Raises ApiError, `reply_running` while a reply of the conversation is still being written. */
export async function giveTurn(
  conversationId: string,
  draft: Draft,
  options: MessageOptions,
): Promise<KeptTurn> {
  if (draft.kind === 'again') return { said: [], reply: await replyAgain(draft.of.id, options) };
  if (draft.kind === 'words') return say(conversationId, draft, options);
  const results = { ...options, results: draft.results };
  const { messages, reply } = await sendResults(conversationId, results);
  return { said: messages, reply };
}

async function say(
  conversationId: string,
  { content, attachments, instead }: Words,
  options: MessageOptions,
): Promise<KeptTurn> {
  const files = attachments.length > 0 ? { attachments: attachments.map(({ id }) => id) } : {};
  const asked = { ...options, ...files, content };
  const { message, reply } = instead
    ? await editMessage(instead.id, asked)
    : await sendMessage(conversationId, { ...asked, role: 'user' });
  return { said: [message], reply };
}

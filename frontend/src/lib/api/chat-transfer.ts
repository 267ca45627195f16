/** /api/chat: chats as files, out and in. */
import { client, unwrap } from './client';
import type { FileFormat } from '$lib/chat-file';
import type { ImportedChats } from './types';

/** One chat as a file: all its branches as JSON, the one that is shown as Markdown. */
export function exportChat(id: string, format: FileFormat): Promise<Blob> {
  const params = { path: { conversation_id: id }, query: { format } };
  return unwrap(
    client.GET('/api/chat/conversations/{conversation_id}/export', { params, parseAs: 'blob' }),
  );
}

/** Every chat with all its branches, as one file of JSON. */
export function exportChats(): Promise<Blob> {
  return unwrap(client.GET('/api/chat/export', { parseAs: 'blob' }));
}

/** Makes chats of a file that was exported, all or none. Raises ApiError `not_an_export`. */
export function importChats(text: string, format: FileFormat): Promise<ImportedChats> {
  return unwrap(
    client.POST('/api/chat/import', {
      // The file goes as it is: the manager reads it, not this page.
      body: text as never,
      bodySerializer: (file) => file as unknown as string,
      headers: { 'Content-Type': format === 'json' ? 'application/json' : 'text/markdown' },
    }),
  );
}

/** /api/chat: chats as files, out and in. */
import { client, open, unwrap } from './client';
import type { ImportedChats } from './types';

export type ChatFormat = 'json' | 'markdown';

/** One chat as a file: all its branches as JSON, the one that is shown as Markdown. */
export async function exportChat(id: string, format: ChatFormat): Promise<Blob> {
  const path = `/api/chat/conversations/${encodeURIComponent(id)}/export?format=${format}`;
  return (await open(path)).blob();
}

/** Every chat with all its branches, as one file of JSON. */
export async function exportChats(): Promise<Blob> {
  return (await open('/api/chat/export')).blob();
}

/** Makes chats of a file that was exported, all or none. Raises ApiError `not_an_export`. */
export function importChats(text: string, format: ChatFormat): Promise<ImportedChats> {
  return unwrap(
    client.POST('/api/chat/import', {
      // The file goes as it is: the manager reads it, not this page.
      body: text as never,
      bodySerializer: (file) => file as unknown as string,
      headers: { 'Content-Type': format === 'json' ? 'application/json' : 'text/markdown' },
    }),
  );
}

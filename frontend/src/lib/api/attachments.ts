/** /api/chat/attachments: text files to give to a model. */
import { client, unwrap } from './client';
import type { AttachmentRef } from './types';

/** What the manager takes: bytes of a file, and files of a message. It alone tells text from other bytes. */
export const MOST_FILE_BYTES = 1024 * 1024;
export const MOST_FILES = 20;

/** Raises ApiError 413 or 415 for what is too large or no text, 409 when one's room is full. */
export function uploadFile(file: File): Promise<AttachmentRef> {
  return unwrap(
    client.POST('/api/chat/attachments', {
      params: { query: { name: file.name } },
      headers: { 'Content-Type': file.type || 'text/plain' },
      // The generated type knows bytes only as text.
      body: file as unknown as string,
      bodySerializer: (body) => body as unknown as File,
    }),
  );
}

/** Forgets a file that no message has. Raises ApiError. */
export async function deleteFile(id: string): Promise<void> {
  await unwrap(
    client.DELETE('/api/chat/attachments/{attachment_id}', {
      params: { path: { attachment_id: id } },
    }),
  );
}

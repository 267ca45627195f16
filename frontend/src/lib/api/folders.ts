/** /api/chat/folders: where one keeps one's chats apart. */
import { client, unwrap } from './client';
import { everyPage } from './every-page';
import type { Folder } from './types';

/** All of them, in the order they were made. */
export function listFolders(): Promise<Folder[]> {
  return everyPage((cursor) =>
    unwrap(client.GET('/api/chat/folders', { params: { query: { limit: 200, cursor } } })),
  );
}

/** Raises ApiError `folder_exists` for a name that one has already. */
export function createFolder(name: string): Promise<Folder> {
  return unwrap(client.POST('/api/chat/folders', { body: { name } }));
}

/** Raises ApiError `folder_exists` for a name that one has already. */
export function renameFolder(id: string, name: string): Promise<Folder> {
  return unwrap(client.PATCH('/api/chat/folders/{folder_id}', { ...at(id), body: { name } }));
}

/** Its chats stay, in no folder. */
export async function deleteFolder(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/chat/folders/{folder_id}', at(id)));
}

function at(id: string) {
  return { params: { path: { folder_id: id } } };
}

/** What can be done with a conversation or a folder, each with its question and its notice. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import type { ApiError } from '$lib/api/errors';
import type { Conversation, Folder } from '$lib/api/types';
import type { FileFormat } from '$lib/chat-file';
import { chatTransfer } from '$lib/state/chat-transfer.svelte';
import { confirmation } from '$lib/state/confirmation.svelte';
import { conversations } from '$lib/state/conversations.svelte';
import { folders } from '$lib/state/folders.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { strings } from '$lib/strings';
import { history as words } from '$lib/strings/history';
import { keyboard as keys } from '$lib/strings/keyboard';
import { saveFile } from '../shared/save-file';

export async function rename({ id }: Conversation, title: string): Promise<void> {
  tell(await conversations.rename(id, title));
}

/** Says where it went, since it may have gone out of sight, and takes it back when asked. */
export async function move({ id, folder_id: before }: Conversation, to: string | null) {
  if (before === to) return;
  const failure = await conversations.move(id, to);
  if (failure) return tell(failure);
  const folder = folders.find(to);
  toasts.show(folder ? words.moved(folder.name) : words.movedOut, {
    tone: 'good',
    action: { label: words.undo, run: () => void conversations.move(id, before).then(tell) },
  });
}

/** Leaves its page when it is the one in front. */
export async function remove({ id }: Conversation, isOpen: boolean): Promise<void> {
  const failure = await conversations.remove(id);
  if (failure) tell(failure);
  else if (isOpen) await goto(resolve('/chat'));
}

/** For where the row itself is not there to ask. */
export async function removeAfterQuestion(item: Conversation): Promise<void> {
  const agreed = await confirmation.ask({
    title: keys.removeTitle(item.title),
    text: keys.removeText,
    action: strings.conversations.confirmRemove,
    keep: strings.conversations.keep,
    bad: true,
  });
  if (agreed) await remove(item, true);
}

export async function save({ id, title }: Conversation, format: FileFormat): Promise<void> {
  tell(await chatTransfer.exportOne(id, title, format, saveFile));
}

export async function saveAll(format: FileFormat): Promise<void> {
  tell(await chatTransfer.exportAll(format, saveFile));
}

/** The new folder, unfolded; null when there is none. */
export async function createFolder(name: string): Promise<Folder | null> {
  if (!name.trim()) return null;
  const { folder, failure } = await folders.create(name);
  tell(failure);
  if (!folder) return null;
  folders.fold(folder.id, true);
  return folder;
}

export async function renameFolder({ id }: Folder, name: string): Promise<void> {
  tell(await folders.rename(id, name));
}

export async function removeFolder({ id, name }: Folder): Promise<void> {
  const agreed = await confirmation.ask({
    title: words.removeFolderTitle(name),
    text: words.removeFolderText,
    action: words.removeFolder,
    bad: true,
  });
  if (agreed) tell(await folders.remove(id));
}

function tell(failure: ApiError | null): void {
  if (failure) toasts.show(failure.message, { tone: 'bad' });
}

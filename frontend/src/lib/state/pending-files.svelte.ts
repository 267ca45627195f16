/** Files for the next message, by conversation: uploaded as they are chosen, sent with the message. */
import { deleteFile, MOST_FILE_BYTES, MOST_FILES, uploadFile } from '$lib/api/attachments';
import { asApiError } from '$lib/api/errors';
import type { AttachmentRef } from '$lib/api/types';
import { attachments as words } from '$lib/strings/attachments';
import { belongsToSession } from './belongings';
import { recall, remember } from './storage';

export interface PendingFile {
  key: string;
  name: string;
  /** What the manager keeps of it; null while it is on its way. */
  ref: AttachmentRef | null;
}

/** Kinds that are never text, told before anything is sent. */
const NO_TEXT = /^(image|audio|video|font)\/|^application\/(pdf|zip|gzip|octet-stream)/;

export class PendingFiles {
  /** Why a file was not taken. */
  problem = $state<string | null>(null);
  #lists = $state<Record<string, PendingFile[]>>({});
  #made = 0;

  of(conversationId: string | null): readonly PendingFile[] {
    return this.#lists[keyOf(conversationId)] ?? restored(conversationId);
  }

  refs(conversationId: string | null): AttachmentRef[] {
    return this.of(conversationId).flatMap(({ ref }) => (ref ? [{ ...ref }] : []));
  }

  uploading(conversationId: string | null): boolean {
    return this.of(conversationId).some(({ ref }) => ref === null);
  }

  /** Uploads files; what is wrong with the last one refused ends in `problem`. */
  async add(conversationId: string | null, files: Iterable<File>): Promise<void> {
    this.problem = null;
    await Promise.all([...files].map((file) => this.#upload(conversationId, file)));
  }

  remove(conversationId: string | null, key: string): void {
    const gone = this.of(conversationId).find((file) => file.key === key);
    this.#set(
      conversationId,
      this.of(conversationId).filter((file) => file.key !== key),
    );
    this.problem = null;
    // One that stays behind is swept away by the manager after a day.
    if (gone?.ref) void deleteFile(gone.ref.id).catch(() => undefined);
  }

  /** They are a message's now. */
  clear(conversationId: string | null): void {
    this.problem = null;
    this.#set(conversationId, []);
  }

  /** What the tab keeps is another matter: see keeper.ts. */
  forget(): void {
    this.problem = null;
    this.#lists = {};
  }

  async #upload(conversationId: string | null, file: File): Promise<void> {
    const refused = refusal(file, this.of(conversationId).length);
    if (refused) {
      this.problem = refused;
      return;
    }
    const key = `${Date.now()}-${this.#made++}`;
    this.#set(conversationId, [...this.of(conversationId), { key, name: file.name, ref: null }]);
    try {
      const ref = await uploadFile(file);
      const taken = this.of(conversationId).some((item) => item.key === key);
      this.#change(conversationId, key, { key, name: ref.name, ref });
      // Removed while it was on its way.
      if (!taken) await deleteFile(ref.id).catch(() => undefined);
    } catch (problem) {
      this.#change(conversationId, key, null);
      this.problem = asApiError(problem).message;
    }
  }

  #change(conversationId: string | null, key: string, file: PendingFile | null): void {
    const changed = this.of(conversationId).flatMap((item) =>
      item.key === key ? (file ?? []) : item,
    );
    this.#set(conversationId, changed);
  }

  #set(conversationId: string | null, files: PendingFile[]): void {
    const key = keyOf(conversationId);
    this.#lists[key] = files;
    const kept = files.filter(({ ref }) => ref !== null);
    remember(`files.${key}`, kept.length > 0 ? JSON.stringify(kept) : null, 'tab');
  }
}

/** Why a file is not even sent; null when the manager shall decide. */
export function refusal(
  file: { name: string; size: number; type: string },
  others: number,
): string | null {
  if (others >= MOST_FILES) return words.tooMany(MOST_FILES);
  if (file.size > MOST_FILE_BYTES) return words.tooLarge(file.name);
  return NO_TEXT.test(file.type) ? words.notText(file.name) : null;
}

/** What a reload left uploaded. */
function restored(conversationId: string | null): PendingFile[] {
  try {
    return JSON.parse(recall(`files.${keyOf(conversationId)}`, 'tab') ?? '[]') as PendingFile[];
  } catch {
    return [];
  }
}

function keyOf(conversationId: string | null): string {
  return conversationId ?? 'new';
}

export const pendingFiles = new PendingFiles();
belongsToSession(() => pendingFiles.forget());

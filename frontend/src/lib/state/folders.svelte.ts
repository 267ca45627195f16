/** The folders for one's chats, and which of them are unfolded. */
import type { ApiError } from '$lib/api/errors';
import { asApiError } from '$lib/api/errors';
import * as api from '$lib/api/folders';
import type { Folder } from '$lib/api/types';
import { belongsToPerson, belongsToSession } from './belongings';
import { conversations } from './conversations.svelte';
import { failureOf } from './failure';
import { recall, remember } from './storage';

const UNFOLDED = 'folders';

export class Folders {
  /** By name. */
  items = $state<Folder[]>([]);
  loaded = $state(false);
  error = $state<ApiError | null>(null);
  #unfolded = $state<string[]>(recall(UNFOLDED)?.split(',') ?? []);

  /** Never raises: see `error`. */
  async load(): Promise<void> {
    this.error = await failureOf(async () => {
      this.items = (await api.listFolders()).sort(byName);
      this.loaded = true;
    });
  }

  find(id: string | null): Folder | null {
    return this.items.find((folder) => folder.id === id) ?? null;
  }

  /** The new folder, or why there is none: `folder_exists`. */
  async create(name: string): Promise<{ folder?: Folder; failure: ApiError | null }> {
    let folder: Folder | undefined;
    const failure = await failureOf(async () => {
      folder = await api.createFolder(name.trim());
      this.items = [...this.items, folder].sort(byName);
    });
    return { folder, failure };
  }

  /** Null, or why not: `folder_exists`. The old name comes back then. */
  async rename(id: string, name: string): Promise<ApiError | null> {
    const folder = this.items.find((each) => each.id === id);
    const wanted = name.trim();
    if (!folder || !wanted || wanted === folder.name) return null;
    const before = folder.name;
    folder.name = wanted;
    const failure = await failureOf(() => api.renameFolder(id, wanted));
    if (failure) folder.name = before;
    this.items = [...this.items].sort(byName);
    return failure;
  }

  /** Its chats stay, in none. Null, or why not. */
  remove(id: string): Promise<ApiError | null> {
    return failureOf(async () => {
      try {
        await api.deleteFolder(id);
      } catch (problem) {
        // Deleted in another window: what was asked for is so.
        if (asApiError(problem).status !== 404) throw problem;
      }
      this.items = this.items.filter((folder) => folder.id !== id);
      await conversations.emptyFolder(id);
    });
  }

  isUnfolded(id: string): boolean {
    return this.#unfolded.includes(id);
  }

  /** Unfolds or folds one; the browser keeps which. */
  fold(id: string, unfolded: boolean): void {
    const others = this.#unfolded.filter((each) => each !== id);
    this.#unfolded = unfolded ? [...others, id] : others;
    remember(UNFOLDED, this.#unfolded.join(',') || null);
  }

  clear(): void {
    this.items = [];
    this.loaded = false;
    this.error = null;
  }

  /** Which were unfolded, too. */
  forget(): void {
    this.clear();
    this.#unfolded = [];
    remember(UNFOLDED, null);
  }
}

function byName(one: Folder, other: Folder): number {
  return one.name.localeCompare(other.name);
}

export const folders = new Folders();
belongsToSession(() => folders.clear());
belongsToPerson(() => folders.forget());

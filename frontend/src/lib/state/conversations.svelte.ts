/** The conversations that are known, on their shelves: in folders, and in none. */
import * as api from '$lib/api/chat';
import { asApiError, type ApiError } from '$lib/api/errors';
import type { Conversation } from '$lib/api/types';
import { failureOf } from './failure';
import { Shelf } from './shelf.svelte';

const TITLE_LENGTH = 60;

export class Conversations {
  /** In no order; `on` has them as they are shown. */
  items = $state<Conversation[]>([]);
  /** The folder that the next new conversation goes into. */
  destination = $state<string | null>(null);
  /** Kept when a shelf is read anew: the one in front may stand far below its first page. */
  #openId: string | null = null;
  readonly #shelves: Record<string, Shelf> = {};

  /** How far a folder, or with null what is in none, has been read. */
  shelf(folderId: string | null): Shelf {
    return (this.#shelves[folderId ?? ''] ??= new Shelf(folderId, (items, newest, rest) =>
      this.#put(folderId, items, newest, rest),
    ));
  }

  /** What is known of a shelf, the latest first. */
  on(folderId: string | null): Conversation[] {
    return this.items.filter((item) => item.folder_id === folderId).sort(latestFirst);
  }

  find(id: string | null): Conversation | null {
    return this.items.find((item) => item.id === id) ?? null;
  }

  /** All that is known, the latest first. */
  get latest(): Conversation[] {
    return [...this.items].sort(latestFirst);
  }

  get loaded(): boolean {
    return this.shelf(null).loaded;
  }

  load(): Promise<void> {
    return this.shelf(null).load();
  }

  /** Reads every shelf anew that was read before. */
  async reload(): Promise<void> {
    const read = Object.values(this.#shelves).filter((shelf) => shelf.loaded);
    await Promise.all(read.map((shelf) => shelf.load()));
  }

  /** Starts a conversation named after its first message. Raises ApiError. */
  async create(firstMessage: string, model: string | null): Promise<Conversation> {
    const title = titleFrom(firstMessage);
    const conversation = await api.createConversation(title, model, this.destination);
    this.learn(conversation);
    this.#openId = conversation.id;
    this.destination = null;
    return conversation;
  }

  /** Takes note of the one in front, which may be on no page that was read. Never raises: the chat
   * itself tells why it cannot be opened. */
  async know(id: string | null): Promise<void> {
    this.#openId = id;
    if (id === null || this.find(id)) return;
    try {
      this.learn(await api.readConversation(id));
    } catch {
      // It is gone, or the manager is away.
    }
  }

  learn(conversation: Conversation): void {
    this.items = [...this.items.filter((item) => item.id !== conversation.id), conversation];
  }

  /** Shows the new title at once, and the old one again when the manager refuses. */
  async rename(id: string, title: string): Promise<ApiError | null> {
    const wanted = title.trim();
    if (!wanted) return null;
    return this.#change(id, 'title', wanted, { title: wanted });
  }

  /** Moves it into a folder, or with null out of its folder; back again when that is refused. */
  move(id: string, folderId: string | null): Promise<ApiError | null> {
    return this.#change(id, 'folder_id', folderId, { folder_id: folderId });
  }

  /** Null when it is gone, or why it is not. */
  remove(id: string): Promise<ApiError | null> {
    return failureOf(async () => {
      try {
        await api.deleteConversation(id);
      } catch (problem) {
        // Deleted in another window: what was asked for is so.
        if (asApiError(problem).status !== 404) throw problem;
      }
      this.items = this.items.filter((item) => item.id !== id);
    });
  }

  /** Notes that a conversation was just written in. */
  touch(id: string, moment: string): void {
    const item = this.items.find((candidate) => candidate.id === id);
    if (item) item.updated_at = moment;
  }

  /** A folder is gone: what was in it stays, in none. */
  async emptyFolder(folderId: string): Promise<void> {
    for (const item of this.items) if (item.folder_id === folderId) item.folder_id = null;
    this.shelf(folderId).clear();
    // Those that were never read from the folder stand among the others now.
    await this.load();
  }

  /** Forgets everything: the next person to log in sees only their own. */
  clear(): void {
    this.items = [];
    this.destination = null;
    this.#openId = null;
    for (const shelf of Object.values(this.#shelves)) shelf.clear();
  }

  #put(folderId: string | null, items: Conversation[], newest: boolean, rest: boolean): boolean {
    const coming = items.map((item) => item.id);
    const last = items.at(-1);
    const others = this.items.filter((item) => !coming.includes(item.id));
    const isBehind = (item: Conversation) =>
      item.folder_id === folderId && rest && last !== undefined && latestFirst(last, item) < 0;
    const stays = (item: Conversation) =>
      !newest || item.folder_id !== folderId || item.id === this.#openId || isBehind(item);
    this.items = [...others.filter(stays), ...items];
    return others.some(isBehind);
  }

  async #change<Field extends 'title' | 'folder_id'>(
    id: string,
    field: Field,
    wanted: Conversation[Field],
    body: Parameters<typeof api.changeConversation>[1],
  ): Promise<ApiError | null> {
    const item = this.items.find((candidate) => candidate.id === id);
    if (!item || item[field] === wanted) return null;
    const before = item[field];
    item[field] = wanted;
    const failure = await failureOf(() => api.changeConversation(id, body));
    // A shelf that was read meanwhile has it as it was; a later change stands.
    const now = this.items.find((candidate) => candidate.id === id);
    const wrong = failure ? wanted : before;
    if (now && now[field] === wrong) now[field] = failure ? before : wanted;
    return failure;
  }
}

function latestFirst(one: Conversation, other: Conversation): number {
  const apart = Date.parse(other.updated_at) - Date.parse(one.updated_at);
  if (apart) return apart;
  // Within a millisecond the longer text tells, then the id, as the manager sorts them.
  return other.updated_at.localeCompare(one.updated_at) || (other.id < one.id ? -1 : 1);
}

/** The first line of a message, cut at a word within 60 characters. */
export function titleFrom(message: string): string {
  const line = message.trim().split('\n', 1)[0]?.trim() ?? '';
  if (line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH);
  const space = cut.lastIndexOf(' ');
  return `${space > TITLE_LENGTH / 2 ? cut.slice(0, space) : cut}…`;
}

export const conversations = new Conversations();

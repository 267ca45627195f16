/** The list of conversations, newest first. */
import * as api from '$lib/api/chat';
import { asApiError, type ApiError } from '$lib/api/errors';
import type { Conversation } from '$lib/api/types';

const TITLE_LENGTH = 60;

export class Conversations {
  items = $state<Conversation[]>([]);
  loaded = $state(false);
  error = $state<ApiError | null>(null);
  #cursor = $state<string | null>(null);

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  async load(): Promise<void> {
    await this.#guard(async () => {
      const page = await api.listConversations();
      this.items = page.items;
      this.#cursor = page.next_cursor;
      this.loaded = true;
    });
  }

  async loadMore(): Promise<void> {
    const cursor = this.#cursor;
    if (cursor === null) return;
    await this.#guard(async () => {
      const page = await api.listConversations(cursor);
      const isKnown = (id: string) => this.items.some((item) => item.id === id);
      this.items.push(...page.items.filter((item) => !isKnown(item.id)));
      this.#cursor = page.next_cursor;
    });
  }

  /** Starts a conversation named after its first message. Raises ApiError. */
  async create(firstMessage: string, model: string | null): Promise<Conversation> {
    const conversation = await api.createConversation(titleFrom(firstMessage), model);
    this.items.unshift(conversation);
    return conversation;
  }

  /** Shows the new title at once and the old one again if the manager refuses. */
  async rename(id: string, title: string): Promise<void> {
    const item = this.items.find((candidate) => candidate.id === id);
    const wanted = title.trim();
    if (!item || !wanted || wanted === item.title) return;
    const before = item.title;
    item.title = wanted;
    const done = await this.#guard(async () => {
      item.title = (await api.renameConversation(id, wanted)).title;
    });
    if (!done) item.title = before;
  }

  /** True when it is gone. */
  async remove(id: string): Promise<boolean> {
    return this.#guard(async () => {
      try {
        await api.deleteConversation(id);
      } catch (problem) {
        // Deleted in another window: what was asked for is so.
        if (asApiError(problem).status !== 404) throw problem;
      }
      this.items = this.items.filter((item) => item.id !== id);
    });
  }

  /** Moves a conversation that was just written in to the top. */
  touch(id: string, moment: string): void {
    const item = this.items.find((candidate) => candidate.id === id);
    if (!item) return;
    item.updated_at = moment;
    this.items = [item, ...this.items.filter((candidate) => candidate !== item)];
  }

  /** Forgets everything: the next person to log in sees only their own. */
  clear(): void {
    this.items = [];
    this.loaded = false;
    this.error = null;
    this.#cursor = null;
  }

  async #guard(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.error = null;
      return true;
    } catch (problem) {
      this.error = asApiError(problem);
      return false;
    }
  }
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

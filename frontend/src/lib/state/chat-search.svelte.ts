/** The search of everything that was said: what is looked for, and where it was found. */
import { searchChats } from '$lib/api/chat-search';
import type { ApiError } from '$lib/api/errors';
import type { SearchHit } from '$lib/api/types';
import { Asking } from './asking.svelte';
import { belongsToSession } from './belongings';

const PAUSE_MS = 200;

export class ChatSearch {
  /** What stands in the field. */
  wanted = $state('');
  hits = $state.raw<SearchHit[]>([]);
  /** What `hits` answer; empty while nothing has been answered. */
  answered = $state('');
  #cursor = $state<string | null>(null);
  readonly #asking = new Asking();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `pauseMs` is how long a person's typing rests before it is asked. */
  constructor(private readonly pauseMs = PAUSE_MS) {}

  get loading(): boolean {
    return this.#asking.loading;
  }

  get error(): ApiError | null {
    return this.#asking.error;
  }

  get active(): boolean {
    return this.wanted.trim() !== '';
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** The words have changed: asks once they rest. */
  type(words: string): void {
    this.wanted = words;
    clearTimeout(this.#timer);
    if (!this.active) this.clear();
    else this.#timer = setTimeout(() => void this.search(), this.pauseMs);
  }

  /** Asks at once; an answer to an older question is dropped. Never raises: see `error`. */
  search(): Promise<void> {
    clearTimeout(this.#timer);
    return this.active ? this.#ask(undefined) : Promise.resolve();
  }

  /** The next ones, behind what is there. */
  async more(): Promise<void> {
    if (this.#cursor !== null && !this.loading) await this.#ask(this.#cursor);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#asking.drop();
    this.wanted = '';
    this.answered = '';
    this.hits = [];
    this.#cursor = null;
  }

  #ask(cursor: string | undefined): Promise<void> {
    const words = this.wanted;
    return this.#asking.ask(
      (signal) => searchChats(words, cursor, signal),
      (page) => {
        // Ranks shift as chats grow: a place may come again on a later page.
        const before = cursor === undefined ? [] : this.hits;
        const known = before.map(keyOf);
        this.hits = [...before, ...page.items.filter((hit) => !known.includes(keyOf(hit)))];
        this.#cursor = page.next_cursor;
        this.answered = words;
      },
    );
  }
}

/** A conversation is found once by its title, and once by each message. */
export function keyOf({ conversation_id, message_id }: SearchHit): string {
  return `${conversation_id} ${message_id ?? ''}`;
}

export const chatSearch = new ChatSearch();
belongsToSession(() => chatSearch.clear());

/** The search of everything that was said: what is looked for, and where it was found. */
import { searchChats } from '$lib/api/chat-search';
import { asApiError, isAbort, type ApiError } from '$lib/api/errors';
import type { SearchHit } from '$lib/api/types';
import { belongsToSession } from './belongings';

const PAUSE_MS = 200;

export class ChatSearch {
  /** What stands in the field. */
  wanted = $state('');
  hits = $state.raw<SearchHit[]>([]);
  /** What `hits` answer; empty while nothing has been answered. */
  answered = $state('');
  loading = $state(false);
  error = $state<ApiError | null>(null);
  #cursor = $state<string | null>(null);
  #asking: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `pauseMs` is how long a person's typing rests before it is asked. */
  constructor(private readonly pauseMs = PAUSE_MS) {}

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
    this.#asking?.abort();
    this.wanted = '';
    this.answered = '';
    this.hits = [];
    this.loading = false;
    this.error = null;
    this.#cursor = null;
  }

  async #ask(cursor: string | undefined): Promise<void> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const words = this.wanted;
    this.loading = true;
    try {
      const page = await searchChats(words, cursor, asking.signal);
      if (asking.signal.aborted) return;
      // Ranks shift as chats grow: a place may come again on a later page.
      const known = new Set(cursor === undefined ? [] : this.hits.map(keyOf));
      const fresh = page.items.filter((hit) => !known.has(keyOf(hit)));
      this.hits = cursor === undefined ? page.items : [...this.hits, ...fresh];
      this.#cursor = page.next_cursor;
      this.answered = words;
      this.error = null;
    } catch (problem) {
      if (asking.signal.aborted || isAbort(problem)) return;
      this.error = asApiError(problem);
    } finally {
      if (this.#asking === asking) this.loading = false;
    }
  }
}

/** A conversation is found once by its title, and once by each message. */
export function keyOf({ conversation_id, message_id }: SearchHit): string {
  return `${conversation_id} ${message_id ?? ''}`;
}

export const chatSearch = new ChatSearch();
belongsToSession(() => chatSearch.clear());

/** One shelf of conversations, a folder or those in none: how far it has been read. */
import { listConversations } from '$lib/api/chat';
import { asApiError, type ApiError } from '$lib/api/errors';
import type { Conversation } from '$lib/api/types';

/** `newest`: the page is the shelf's first, and says what is gone; with no `rest` it is all of it.
 * True when older ones of the shelf stay known behind it. */
type Keep = (items: Conversation[], newest: boolean, rest: boolean) => boolean;

export class Shelf {
  loaded = $state(false);
  loading = $state(false);
  error = $state<ApiError | null>(null);
  #cursor = $state<string | null>(null);
  #question = 0;

  constructor(
    readonly folderId: string | null,
    private readonly keep: Keep,
  ) {}

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** The latest ones. Never raises: see `error`. */
  async load(): Promise<void> {
    await this.#take(undefined);
  }

  /** The next older ones. */
  async more(): Promise<void> {
    if (this.#cursor === null || this.loading) return;
    await this.#take(this.#cursor);
  }

  clear(): void {
    this.#question += 1;
    this.loaded = false;
    this.loading = false;
    this.error = null;
    this.#cursor = null;
  }

  async #take(cursor: string | undefined): Promise<void> {
    const question = ++this.#question;
    this.loading = true;
    try {
      const page = await listConversations(this.folderId, cursor);
      // An answer that was overtaken by a newer question says nothing.
      if (question !== this.#question) return;
      const newest = cursor === undefined;
      const goesOn = this.keep(page.items, newest, page.next_cursor !== null);
      // Read anew: whoever has scrolled further stays there, and goes on from there.
      if (!(newest && goesOn && this.loaded)) this.#cursor = page.next_cursor;
      this.loaded = true;
      this.error = null;
    } catch (problem) {
      if (question === this.#question) this.error = asApiError(problem);
    } finally {
      if (question === this.#question) this.loading = false;
    }
  }
}

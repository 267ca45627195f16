/** A list that the manager gives page by page: what has come, whether there is more, and why not. */
import { asApiError, type ApiError } from '$lib/api/errors';

export interface ListPage<Item> {
  items: Item[];
  next_cursor: string | null;
}

export class Listing<Item> {
  items = $state<Item[]>([]);
  /** True once a first page has come; what is shown stays while it is asked for again. */
  loaded = $state(false);
  loading = $state(false);
  error = $state<ApiError | null>(null);
  #cursor = $state<string | null>(null);
  #question = 0;

  constructor(private readonly ask: (cursor?: string) => Promise<ListPage<Item>>) {}

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** The first page, in the place of what was there. Never raises: see `error`. */
  async load(): Promise<void> {
    await this.#take(undefined, (page) => (this.items = page.items));
  }

  /** The next page, behind what is there. */
  async more(): Promise<void> {
    const cursor = this.#cursor;
    if (cursor === null || this.loading) return;
    await this.#take(cursor, (page) => this.items.push(...page.items));
  }

  /** Every page, for a list that is chosen from. Stops where a page fails: see `error`. */
  async loadAll(): Promise<void> {
    await this.load();
    // While `loading`, another question has overtaken this one.
    while (this.hasMore && !this.loading && this.error === null) await this.more();
  }

  clear(): void {
    this.#question += 1;
    this.items = [];
    this.loaded = false;
    this.loading = false;
    this.error = null;
    this.#cursor = null;
  }

  async #take(cursor: string | undefined, keep: (page: ListPage<Item>) => void): Promise<void> {
    const question = ++this.#question;
    this.loading = true;
    try {
      const page = await this.ask(cursor);
      // An answer that was overtaken by a newer question says nothing.
      if (question !== this.#question) return;
      keep(page);
      this.#cursor = page.next_cursor;
      this.loaded = true;
      this.error = null;
    } catch (problem) {
      if (question === this.#question) this.error = asApiError(problem);
    } finally {
      if (question === this.#question) this.loading = false;
    }
  }
}

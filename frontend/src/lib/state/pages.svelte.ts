/** What the manager gives page by page: how far it has been read, and why not further. */
import type { ApiError } from '$lib/api/errors';
import type { Page } from '$lib/api/every-page';
import { Asking } from './asking.svelte';

export abstract class Pages<Item> {
  /** True once a first page has come; what is shown stays while it is asked for again. */
  loaded = $state(false);
  #cursor = $state<string | null>(null);
  readonly #asking = new Asking();

  constructor(private readonly ask: (cursor?: string) => Promise<Page<Item>>) {}

  get loading(): boolean {
    return this.#asking.loading;
  }

  get error(): ApiError | null {
    return this.#asking.error;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** The first page. Never raises: see `error`. */
  async load(): Promise<void> {
    await this.#take(undefined);
  }

  /** The next page. */
  async more(): Promise<void> {
    if (this.#cursor !== null && !this.loading) await this.#take(this.#cursor);
  }

  clear(): void {
    this.#asking.drop();
    this.loaded = false;
    this.#cursor = null;
  }

  /** Takes a page in. True when pages that were read before stay behind a first one. */
  protected abstract keep(page: Page<Item>, isFirst: boolean): boolean;

  #take(cursor: string | undefined): Promise<void> {
    return this.#asking.ask(
      () => this.ask(cursor),
      (page) => {
        const isFirst = cursor === undefined;
        const goesOn = this.keep(page, isFirst);
        // Read anew: whoever has scrolled further stays there, and goes on from there.
        if (!(isFirst && goesOn && this.loaded)) this.#cursor = page.next_cursor;
        this.loaded = true;
      },
    );
  }
}

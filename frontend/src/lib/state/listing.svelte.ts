/** A list that the manager gives page by page, and what of it has come. */
import type { Page } from '$lib/api/every-page';
import { Pages } from './pages.svelte';

export class Listing<Item> extends Pages<Item> {
  items = $state<Item[]>([]);

  /** Every page, for a list that is chosen from. Stops where a page fails: see `error`. */
  async loadAll(): Promise<void> {
    await this.load();
    // While `loading`, another question has overtaken this one.
    while (this.hasMore && !this.loading && this.error === null) await this.more();
  }

  override clear(): void {
    super.clear();
    this.items = [];
  }

  /** A first page takes the place of what was there. */
  protected keep({ items }: Page<Item>, isFirst: boolean): boolean {
    if (isFirst) this.items = items;
    else this.items.push(...items);
    return false;
  }
}

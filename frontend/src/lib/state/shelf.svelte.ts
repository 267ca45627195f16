/** One shelf of conversations, a folder or those in none: how far it has been read. */
import { listConversations } from '$lib/api/chat';
import type { Page } from '$lib/api/every-page';
import type { Conversation } from '$lib/api/types';
import { Pages } from './pages.svelte';

/** `newest`: the page is the shelf's first, and says what is gone; with no `rest` it is all of it.
 * True when older ones of the shelf stay known behind it. */
type Put = (items: Conversation[], newest: boolean, rest: boolean) => boolean;

export class Shelf extends Pages<Conversation> {
  constructor(
    folderId: string | null,
    private readonly put: Put,
  ) {
    super((cursor) => listConversations(folderId, cursor));
  }

  protected keep({ items, next_cursor }: Page<Conversation>, isFirst: boolean): boolean {
    return this.put(items, isFirst, next_cursor !== null);
  }
}

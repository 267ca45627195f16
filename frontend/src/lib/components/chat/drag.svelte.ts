/** A conversation that is being dragged, and the shelf it is over. */
import type { Conversation } from '$lib/api/types';

export class Drag {
  item = $state<Conversation | null>(null);
  /** A folder's id, null for what is in none, undefined for neither. */
  over = $state<string | null | undefined>(undefined);

  start(event: DragEvent, item: Conversation): void {
    this.item = item;
    if (!event.dataTransfer) return;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', item.title);
  }

  end(): void {
    this.item = null;
    this.over = undefined;
  }

  /** For `{@attach}` on a shelf: takes what is dropped and is not there yet. */
  into(folderId: string | null, drop: (item: Conversation) => void) {
    return (node: HTMLElement): (() => void) => {
      const stop = new AbortController();
      const on = (name: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
        node.addEventListener(name, act, { signal: stop.signal });
      on('dragover', (event) => {
        if (!this.item || this.item.folder_id === folderId) return;
        event.preventDefault();
        this.over = folderId;
      });
      on('dragleave', (event) => {
        if (!node.contains(event.relatedTarget as Node | null)) this.over = undefined;
      });
      on('drop', (event) => {
        const { item } = this;
        if (!item || item.folder_id === folderId) return;
        event.preventDefault();
        this.end();
        drop(item);
      });
      return () => stop.abort();
    };
  }
}

export const drag = new Drag();

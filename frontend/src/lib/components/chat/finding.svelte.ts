/** "Find in this chat" over a list: whether it is open, and what it has in front. */
import type { Place } from '$lib/found-words';

/** A message, and where the words are in a text of it. */
export interface Front {
  id: string | null;
  places: ((text: string) => Place[]) | null;
}

const NONE: Front = { id: null, places: null };

export class Finding {
  isOpen = $state(false);
  front = $state.raw<Front>(NONE);
  #before: HTMLElement | null = null;

  open(): void {
    if (!this.isOpen) this.#before = document.activeElement as HTMLElement | null;
    this.isOpen = true;
  }

  /** Whoever opened it has the focus again, or `otherwise` where that is gone. */
  close(otherwise: HTMLElement | undefined): void {
    this.isOpen = false;
    this.front = NONE;
    const before = this.#before;
    if (before?.isConnected && before !== document.body) before.focus();
    else otherwise?.focus();
  }
}

/** What was asked for from anywhere, on a page that may still have to open: taken once, by who can. */
import { belongsToSession } from './belongings';

export type Summoned = 'search' | 'composer' | 'new-folder' | 'import' | 'rename' | 'move' | 'find';

export class Summons {
  #what = $state<Summoned | null>(null);

  /** A later one takes the place of one that nobody took. */
  ask(what: Summoned): void {
    this.#what = what;
  }

  /** Nobody asks any more. */
  clear(): void {
    this.#what = null;
  }

  waits(what: Summoned): boolean {
    return this.#what === what;
  }

  /** True for the first who takes it. */
  take(what: Summoned): boolean {
    if (this.#what !== what) return false;
    this.#what = null;
    return true;
  }
}

export const summons = new Summons();
belongsToSession(() => summons.clear());

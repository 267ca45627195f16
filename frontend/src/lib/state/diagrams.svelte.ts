/** Whether diagrams are shown as pictures, and those that were drawn: one drawn again is there at once. */
import { belongsToSession } from './belongings';
import { recall, remember } from './storage';

const KEY = 'diagrams';
const MOST = 40;

/** A picture and what it is of, or why there is none. Sizes are in CSS pixels. */
export interface Picture {
  source: string;
  width: number;
  height: number;
  name: string;
  /** Drawn for light paper, whatever the theme. */
  light: boolean;
}
export type Drawing = (Picture & { problem: null }) | { source: null; problem: string };

export class Diagrams {
  #shown = $state(recall(KEY) === 'shown');
  /** The latest last. */
  readonly #drawn: Record<string, Drawing> = {};

  /** What was chosen last, for the diagrams that come. */
  get shown(): boolean {
    return this.#shown;
  }

  set shown(shown: boolean) {
    this.#shown = shown;
    remember(KEY, shown ? 'shown' : null);
  }

  drawn(text: string, dark: boolean): Drawing | null {
    return this.#drawn[keyOf(text, dark)] ?? null;
  }

  keep(text: string, dark: boolean, drawing: Drawing): void {
    this.#drawn[keyOf(text, dark)] = drawing;
    for (const old of Object.keys(this.#drawn).slice(0, -MOST)) this.#drop(old);
  }

  /** They show what was said in somebody's chats. */
  clear(): void {
    for (const key of Object.keys(this.#drawn)) this.#drop(key);
  }

  #drop(key: string): void {
    Reflect.deleteProperty(this.#drawn, key);
  }
}

function keyOf(text: string, dark: boolean): string {
  return `${dark ? 'dark' : 'light'} ${text}`;
}

export const diagrams = new Diagrams();
belongsToSession(() => diagrams.clear());

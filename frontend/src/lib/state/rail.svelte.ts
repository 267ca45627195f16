/** Whether the rail of places is folded to its icons, on this browser. */
import { recall, remember } from './storage';

const KEY = 'rail';
const FOLDED = 'folded';

export class Rail {
  #folded = $state(recall(KEY) === FOLDED);

  get folded(): boolean {
    return this.#folded;
  }

  set folded(folded: boolean) {
    this.#folded = folded;
    remember(KEY, folded ? FOLDED : null);
  }
}

export const rail = new Rail();

/** The words that a search found, to be marked in the message that it led to. */
import { wordsOf } from '$lib/found-words';
import { belongsToSession } from './belongings';

export class Found {
  words = $state.raw<readonly string[]>([]);

  /** `typed` is what was looked for. */
  by(typed: string): void {
    this.words = wordsOf(typed);
  }
}

export const found = new Found();
belongsToSession(() => found.by(''));

import { belongsToSession } from './belongings';

/** With which second model the next questions are compared, until somebody takes it away. */
export class Comparing {
  model = $state<string | null>(null);

  /** The second model, where it is another than the first. */
  with(first: string | null): string | null {
    return this.model === first ? null : this.model;
  }
}

export const comparing = new Comparing();
belongsToSession(() => (comparing.model = null));

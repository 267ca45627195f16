/** Two replies to one question, the second asked for when the first is complete. */
import type { PlacedMessage } from '$lib/api/types';
import { belongsToSession } from './belongings';

export class Comparison {
  /** Null while the first reply is still being written. */
  second = $state.raw<PlacedMessage | null>(null);

  constructor(
    readonly first: PlacedMessage,
    readonly secondModel: string,
  ) {}

  /** The place of the conversation where the two stand. */
  isAt(message: PlacedMessage): boolean {
    return message.versions.includes(this.first.id);
  }
}

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

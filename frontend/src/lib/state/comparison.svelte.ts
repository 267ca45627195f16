/** Two replies to one question, the second asked for when the first is complete. */
import type { PlacedMessage } from '$lib/api/types';

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

/** With which other model the next question is compared; asked anew each time the page is opened. */
export class Comparing {
  model = $state<string | null>(null);
}

export const comparing = new Comparing();

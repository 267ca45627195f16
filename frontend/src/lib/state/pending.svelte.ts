/** How many accounts wait for approval: the badge beside People. */
import { countPending } from '$lib/api/users';
import { feed } from './feed.svelte';

const PERIOD_MS = 30_000;

export class Pending {
  count = $state(0);
  /** The feed tells of every change: nothing has to be asked for while it is live. */
  #told = false;
  /** Moves on with every event: an answer to what was asked before one is out of date. */
  #age = 0;

  constructor(private readonly source = feed) {
    source.listen((event) => {
      if (event.event !== 'people') return;
      this.count = event.pending;
      this.#told = true;
      this.#age += 1;
    });
  }

  /** Asks now, and every half minute that the feed does not tell, until the returned function is
   * called; pauses in a hidden tab. */
  watch(): () => void {
    const ask = () => {
      const isTold = this.#told && this.source.state === 'live';
      if (!document.hidden && !isTold) void this.refresh();
    };
    ask();
    const timer = setInterval(ask, PERIOD_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
      this.count = 0;
      this.#told = false;
      this.#age += 1;
    };
  }

  /** Asks once; a badge that could not be asked for stays as it was. */
  async refresh(): Promise<void> {
    const age = this.#age;
    try {
      const count = await countPending();
      if (age === this.#age) this.count = count;
    } catch {
      // The status line already tells that the manager is away.
    }
  }
}

export const pending = new Pending();

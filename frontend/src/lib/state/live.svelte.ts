/** What all models do together at this moment, in the pool and in processes, as the feed tells it. */
import type { Server } from '$lib/api/types';
import { liveSum, type LiveSum } from '$lib/live-figures';
import { belongsToSession } from './belongings';
import { feed } from './feed.svelte';
import { SpeedHistory } from './speed-history.svelte';

export class Live {
  #servers = $state.raw<readonly Server[]>([]);
  /** Null while the feed does not tell, or tells no such figures. */
  sum = $derived.by<LiveSum | null>(() =>
    feed.state === 'live' && feed.pool ? liveSum(feed.pool.models, this.#servers) : null,
  );
  /** Model ids, once for each time one is in memory. */
  resident = $derived.by<string[] | null>(() => {
    if (feed.state !== 'live' || !feed.pool) return null;
    const pooled = feed.pool.models.filter(({ state }) => state === 'ready').map(({ id }) => id);
    const beside = feed.memory?.processes.filter(({ ready }) => ready) ?? [];
    return [...pooled, ...beside.map(({ model }) => model)];
  });
  history = new SpeedHistory();

  constructor() {
    // Not the store of servers, which can do much more and is loaded by the pages that need it.
    feed.listen((event) => {
      if (event.event === 'servers') this.#servers = event.servers;
    });
  }

  /** Keeps the history until the returned function is called. */
  watch(): () => void {
    return this.history.watch(() => this.sum?.tokensPerSecond ?? null);
  }

  clear(): void {
    this.#servers = [];
    this.history.clear();
  }
}

export const live = new Live();
belongsToSession(() => live.clear());

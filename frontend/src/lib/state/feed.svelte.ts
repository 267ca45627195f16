/** The one feed of live state. Who keeps a store of its own for a kind listens; the rest reads here. */
import { feedEvents } from '$lib/api/events';
import type { FeedEvent, MemoryEvent, PoolEvent, RequestsEvent } from '$lib/api/types';
import { belongsToSession } from './belongings';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

type Listener = (event: FeedEvent) => void;

export class Feed {
  /** `lost`: what is shown is as it was; it is tried again on its own. */
  state = $state<'connecting' | 'live' | 'lost'>('connecting');
  pool = $state.raw<PoolEvent | null>(null);
  requests = $state.raw<RequestsEvent | null>(null);
  memory = $state.raw<MemoryEvent | null>(null);

  #listeners: Listener[] = [];
  #connection: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_PAUSE_MS;

  /** For stores, once each, as they are made. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Follows the feed until the returned function is called. A hidden page gives its connection
   * back: a browser keeps only six of them to one server, for all its tabs together. */
  watch(): () => void {
    const turn = () => (document.hidden ? this.#leave() : this.#connect());
    document.addEventListener('visibilitychange', turn);
    turn();
    return () => {
      document.removeEventListener('visibilitychange', turn);
      this.#leave();
    };
  }

  /** Follows one connection to its end; never raises. */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      for await (const event of feedEvents(signal)) {
        if (signal.aborted) return;
        this.state = 'live';
        this.#pause = FIRST_PAUSE_MS;
        this.#take(event);
      }
    } catch {
      // Refused or cut: the session hears of a refusal by itself, the rest is tried again.
    }
    if (!signal.aborted) this.state = 'lost';
  }

  forget(): void {
    this.#leave();
    this.pool = null;
    this.requests = null;
    this.memory = null;
    this.state = 'connecting';
  }

  #take(event: FeedEvent): void {
    if (event.event === 'pool') this.pool = event;
    if (event.event === 'requests') this.requests = event;
    if (event.event === 'memory') this.memory = event;
    for (const listener of this.#listeners) listener(event);
  }

  #connect(): void {
    if (this.#connection) return;
    clearTimeout(this.#timer);
    const connection = (this.#connection = new AbortController());
    void this.follow(connection.signal).then(() => {
      if (connection.signal.aborted) return;
      this.#connection = null;
      this.#timer = setTimeout(() => this.#connect(), this.#pause);
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
    });
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#connection?.abort();
    this.#connection = null;
  }
}

export const feed = new Feed();
belongsToSession(() => feed.forget());

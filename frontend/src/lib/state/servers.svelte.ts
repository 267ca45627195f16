/** Profiles as they run: as the feed tells, and asked for where it does not. */
import { asApiError, type ApiError } from '$lib/api/errors';
import * as api from '$lib/api/servers';
import type { Server, ServersEvent } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { feed } from './feed.svelte';

export type ServerAction = 'start' | 'stop' | 'restart';

const PERIOD_MS = 4000;
/** As many as one event of the feed tells of. */
const MOST_FED = 200;
const ASK = {
  start: api.startServer,
  stop: api.stopServer,
  restart: api.restartServer,
};

/** Nothing of it is in memory, and nothing is on its way there. */
export function isAtRest({ state }: Pick<Server, 'state'>): boolean {
  return state === 'stopped' || state === 'failed';
}

export class Servers {
  items = $state.raw<Server[]>([]);
  loaded = $state(false);
  error = $state<ApiError | null>(null);
  /** What is being asked of the manager, by profile. */
  busy = $state<Record<string, ServerAction>>({});
  /** The last action that was refused, by profile. */
  refused = $state<Record<string, ApiError>>({});

  #asking = false;
  /** The feed tells of every change: nothing has to be asked for while it is live. */
  #told = false;
  /** Moves on with every change: an answer to what was asked before one is out of date. */
  #age = 0;

  constructor(private readonly source = feed) {
    source.listen((event) => {
      if (event.event === 'servers') this.take(event);
    });
  }

  of(profileId: string): Server | undefined {
    return this.items.find((server) => server.profile_id === profileId);
  }

  /** Asks now, and every few seconds that the feed does not tell, until the returned function is
   * called; pauses in a hidden tab. */
  watch(): () => void {
    const ask = () => {
      const isTold = this.#told && this.source.state === 'live';
      if (!document.hidden && !isTold) void this.load();
    };
    ask();
    const timer = setInterval(ask, PERIOD_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }

  /** Never raises: see `error`. What is shown stays under a failure. */
  async load(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const age = this.#age;
    try {
      const items = await api.listServers();
      if (age === this.#age) this.items = items;
      this.loaded = true;
      this.error = null;
    } catch (problem) {
      if (age === this.#age) this.error = asApiError(problem);
    } finally {
      this.#asking = false;
    }
  }

  take({ servers: fed }: Pick<ServersEvent, 'servers'>): void {
    this.#age += 1;
    // The event of a full house says nothing of those who are not in it.
    this.#told = fed.length < MOST_FED;
    this.items = this.#told ? fed : [...fed, ...this.items.slice(MOST_FED)];
    this.loaded = true;
    this.error = null;
  }

  /** Done is true; otherwise `refused` says why not. */
  async act(profileId: string, action: ServerAction): Promise<boolean> {
    if (this.busy[profileId]) return false;
    this.busy[profileId] = action;
    this.forgive(profileId);
    try {
      const age = this.#age;
      const server = await ASK[action](profileId);
      // The feed may have told what became of it before the answer came.
      if (age === this.#age) this.#put(server);
      return true;
    } catch (problem) {
      this.refused[profileId] = asApiError(problem);
      return false;
    } finally {
      Reflect.deleteProperty(this.busy, profileId);
    }
  }

  forgive(profileId: string): void {
    Reflect.deleteProperty(this.refused, profileId);
  }

  /** Its profile is deleted. */
  forget(profileId: string): void {
    this.#age += 1;
    this.items = this.items.filter((item) => item.profile_id !== profileId);
    this.forgive(profileId);
  }

  clear(): void {
    this.#age += 1;
    this.items = [];
    this.loaded = false;
    this.error = null;
    this.busy = {};
    this.refused = {};
    this.#told = false;
  }

  #put(server: Server): void {
    this.#age += 1;
    const isIt = ({ profile_id }: Server) => profile_id === server.profile_id;
    this.items = this.items.map((item) => (isIt(item) ? server : item));
  }
}

export const servers = new Servers();
belongsToSession(() => servers.clear());

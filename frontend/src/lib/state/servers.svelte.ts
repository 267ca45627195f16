/** Profiles as they run: as the feed tells, and asked for while somebody looks. */
import { asApiError, type ApiError } from '$lib/api/errors';
import * as api from '$lib/api/servers';
import type { Server, ServerHealth, ServersEvent } from '$lib/api/types';
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
  /** What the last look found, of processes of their own. */
  health = $state<Record<string, ServerHealth>>({});
  /** What is being asked of the manager, by profile. */
  busy = $state<Record<string, ServerAction>>({});
  /** The last action that was refused, by profile. */
  refused = $state<Record<string, ApiError>>({});

  #watchers = 0;
  #asking = false;
  /** Moves on with every change: an answer to what was asked before one is out of date. */
  #age = 0;

  get isWatched(): boolean {
    return this.#watchers > 0;
  }

  of(profileId: string): Server | undefined {
    return this.items.find((server) => server.profile_id === profileId);
  }

  /** Asks now and every few seconds until the returned function is called; pauses in a hidden tab. */
  watch(): () => void {
    const ask = () => {
      if (!document.hidden) void this.load();
    };
    this.#watchers += 1;
    ask();
    const timer = setInterval(ask, PERIOD_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      this.#watchers -= 1;
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
      this.health = await healthOf(items);
    } catch (problem) {
      if (age === this.#age) this.error = asApiError(problem);
    } finally {
      this.#asking = false;
    }
  }

  take({ servers: fed }: Pick<ServersEvent, 'servers'>): void {
    this.#age += 1;
    // The event of a full house says nothing of those who are not in it.
    this.items = fed.length < MOST_FED ? fed : [...fed, ...this.items.slice(MOST_FED)];
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
    this.health = {};
    this.busy = {};
    this.refused = {};
  }

  #put(server: Server): void {
    this.#age += 1;
    const isIt = ({ profile_id }: Server) => profile_id === server.profile_id;
    this.items = this.items.map((item) => (isIt(item) ? server : item));
  }
}

/** The process that is asked may end in between: what is not known of one is left out. */
async function healthOf(servers: readonly Server[]): Promise<Record<string, ServerHealth>> {
  const asked = servers.filter((each) => each.placement === 'process' && !isAtRest(each));
  const found = await Promise.allSettled(
    asked.map(async ({ profile_id }) => [profile_id, await api.readServerHealth(profile_id)]),
  );
  return Object.fromEntries(
    found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
  ) as Record<string, ServerHealth>;
}

export const servers = new Servers();
feed.listen((event) => {
  if (event.event === 'servers') servers.take(event);
  // A manager that does not tell of its servers tells of its pool, where most of them run.
  else if (event.event === 'pool' && servers.isWatched) void servers.load();
});
belongsToSession(() => servers.clear());

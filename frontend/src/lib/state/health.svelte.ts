/** The machine's state, asked for gently: often while it changes, rarely when nobody looks. */
import { getHealth } from '$lib/api/health';
import type { Health } from '$lib/api/types';
import { feed } from './feed.svelte';

const IDLE_MS = 5000;
const BUSY_MS = 1500;
const OFFLINE_MS = 3000;

export class HealthMonitor {
  latest = $state<Health | null>(null);
  state = $state<'connecting' | 'online' | 'offline'>('connecting');

  #timer: ReturnType<typeof setTimeout> | null = null;
  #watchers = 0;

  /** Polls until all who watch have called the returned function; pauses while the page is hidden. */
  watch(): () => void {
    this.#watchers += 1;
    const wake = () => {
      if (!document.hidden) void this.#tick();
    };
    document.addEventListener('visibilitychange', wake);
    void this.#tick();
    return () => {
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#clear();
      document.removeEventListener('visibilitychange', wake);
    };
  }

  /** Asks once; never raises. */
  async refresh(): Promise<void> {
    try {
      this.latest = await getHealth();
      this.state = 'online';
    } catch {
      this.state = 'offline';
    }
  }

  async #tick(): Promise<void> {
    this.#clear();
    await this.refresh();
    // A second tick may have come in between: only the newest timer stays.
    this.#clear();
    if (this.#watchers > 0 && !document.hidden) {
      this.#timer = setTimeout(() => void this.#tick(), this.#pause());
    }
  }

  #pause(): number {
    if (this.state === 'offline') return OFFLINE_MS;
    // The feed tells what changes while models answer; not how the database is, nor for some time
    // that the manager is away.
    if (feed.state === 'live') return IDLE_MS;
    return (this.latest?.inference.requests_running ?? 0) > 0 ? BUSY_MS : IDLE_MS;
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

export const health = new HealthMonitor();

/** Who held memory in the last hour: as the server kept it, and from then on as the feed tells it. */
import type { ApiError } from '$lib/api/errors';
import { readMemoryHistory } from '$lib/api/system';
import type { MemoryEvent, MemorySample } from '$lib/api/types';
import type { TimePoint } from '$lib/time-chart';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { feed } from './feed.svelte';

const KEPT_MS = 3_600_000;
const STEP_MS = 5000;

export class MemoryHistory {
  /** Weights, cached prefixes, and what MLX holds beyond those; the oldest first. */
  points = $state.raw<TimePoint[]>([]);
  /** Milliseconds between two points. */
  stepMs = $state(STEP_MS);
  /** Why the time before this page is missing. */
  error = $state<ApiError | null>(null);
  /** By how much the server's clock is ahead of this one, where that is more than a step or two. */
  #aheadMs = 0;

  /** What was kept before. Never raises: see `error`. */
  async load(): Promise<void> {
    this.error = await failureOf(async () => {
      const { samples, period_seconds } = await readMemoryHistory();
      this.stepMs = period_seconds * 1000;
      const kept = samples.map((sample) => pointOf(Date.parse(sample.at), sample));
      const last = kept.at(-1)?.at ?? 0;
      const ahead = last - Date.now();
      this.#aheadMs = last > 0 && Math.abs(ahead) > 2 * this.stepMs ? ahead : 0;
      this.points = [...kept, ...this.points.filter(({ at }) => at > last)];
    });
  }

  /** Goes on from the feed until the returned function is called. */
  watch(): () => void {
    const look = () => {
      if (document.hidden) return;
      if (feed.state === 'live' && feed.memory) this.take(feed.memory, Date.now());
    };
    // Nothing was seen while the page was hidden, but the server has kept it.
    const turn = () => {
      if (!document.hidden) void this.load();
    };
    look();
    // The feed tells what changes, and nothing while it stays: each step is a point all the same.
    const timer = setInterval(look, STEP_MS);
    document.addEventListener('visibilitychange', turn);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', turn);
    };
  }

  /** One more moment; what is older than an hour goes. */
  take(memory: MemoryEvent, now: number): void {
    const then = now + this.#aheadMs;
    const point = pointOf(then, heldNow(memory));
    this.points = [...this.points.filter(({ at }) => at > then - KEPT_MS), point];
  }

  clear(): void {
    this.points = [];
    this.error = null;
    this.#aheadMs = 0;
  }
}

type Held = Pick<MemorySample, 'weights_bytes' | 'prefix_cache_bytes' | 'mlx_active_bytes'>;

/** Of this process alone: what those of profiles hold is theirs, and counted as used too. */
function heldNow(memory: MemoryEvent): Held {
  const beside = memory.processes.reduce((sum, { used_bytes }) => sum + used_bytes, 0);
  const { prefix_cache_bytes, mlx_active_bytes } = memory;
  const weights = memory.used_bytes - beside - prefix_cache_bytes;
  return { weights_bytes: Math.max(0, weights), prefix_cache_bytes, mlx_active_bytes };
}

function pointOf(at: number, held: Held): TimePoint {
  const { weights_bytes, prefix_cache_bytes, mlx_active_bytes } = held;
  const working = Math.max(0, mlx_active_bytes - weights_bytes - prefix_cache_bytes);
  return { at, values: [weights_bytes, prefix_cache_bytes, working] };
}

export const memoryHistory = new MemoryHistory();
belongsToSession(() => memoryHistory.clear());

/** The machine: what it is, who holds its memory, and what doctor finds. */
import type { ApiError } from '$lib/api/errors';
import * as api from '$lib/api/system';
import type { DoctorReport, MemoryReport, SystemInfo } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { feed, type Feed } from './feed.svelte';

type Told = Pick<Feed, 'memory' | 'pool'>;

export class System {
  info = $state.raw<SystemInfo | null>(null);
  #asked = $state.raw<MemoryReport | null>(null);
  /** What the feed had told by then, which may be of long ago. */
  #before = $state.raw<Told>({ memory: null, pool: null });
  /** As it was asked for, and from then on as the feed tells it. */
  memory = $derived.by<MemoryReport | null>(() => {
    if (!this.#asked) return null;
    const memory = feed.memory === this.#before.memory ? null : feed.memory;
    const pool = feed.pool === this.#before.pool ? null : feed.pool;
    return { ...this.#asked, ...memory, models: pool?.models ?? this.#asked.models };
  });
  error = $state<ApiError | null>(null);
  doctor = $state.raw<DoctorReport | null>(null);
  doctorError = $state<ApiError | null>(null);
  examining = $state(false);

  async load(): Promise<void> {
    this.error = await failureOf(async () => {
      const { memory, pool } = feed;
      [this.info, this.#asked] = await Promise.all([api.readInfo(), api.readMemory()]);
      this.#before = { memory, pool };
    });
  }

  /** Takes some seconds; what was found before stays until then. */
  async examine(): Promise<void> {
    if (this.examining) return;
    this.examining = true;
    this.doctorError = await failureOf(async () => {
      this.doctor = await api.examine();
    });
    this.examining = false;
  }

  clear(): void {
    this.info = null;
    this.#asked = null;
    this.error = null;
    this.doctor = null;
    this.doctorError = null;
  }
}

export const system = new System();
belongsToSession(() => system.clear());

/** The machine: what it is, who holds its memory, and what doctor finds. */
import type { ApiError } from '$lib/api/errors';
import * as api from '$lib/api/system';
import type { DoctorReport, MemoryReport, SystemInfo } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { feed } from './feed.svelte';

export class System {
  info = $state.raw<SystemInfo | null>(null);
  #asked = $state.raw<MemoryReport | null>(null);
  /** As it was asked for, and from then on as the feed tells it. */
  memory = $derived.by<MemoryReport | null>(() => {
    if (!this.#asked) return null;
    const models = feed.pool?.models ?? this.#asked.models;
    return { ...this.#asked, ...feed.memory, models };
  });
  error = $state<ApiError | null>(null);
  doctor = $state.raw<DoctorReport | null>(null);
  doctorError = $state<ApiError | null>(null);
  examining = $state(false);

  async load(): Promise<void> {
    this.error = await failureOf(async () => {
      [this.info, this.#asked] = await Promise.all([api.readInfo(), api.readMemory()]);
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

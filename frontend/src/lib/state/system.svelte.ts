/** The machine: what it is, who holds its memory, and what doctor finds. */
import type { ApiError } from '$lib/api/errors';
import * as api from '$lib/api/system';
import type { DoctorReport, MemoryReport, SystemInfo } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';

const PERIOD_MS = 3000;

export class System {
  info = $state.raw<SystemInfo | null>(null);
  memory = $state.raw<MemoryReport | null>(null);
  error = $state<ApiError | null>(null);
  doctor = $state.raw<DoctorReport | null>(null);
  doctorError = $state<ApiError | null>(null);
  examining = $state(false);

  async load(): Promise<void> {
    this.error = await failureOf(async () => {
      [this.info, this.memory] = await Promise.all([api.readInfo(), api.readMemory()]);
    });
  }

  /** Asks for the memory every three seconds until the returned function is called. */
  watch(): () => void {
    const timer = setInterval(() => {
      if (!document.hidden) void this.refreshMemory();
    }, PERIOD_MS);
    return () => clearInterval(timer);
  }

  async refreshMemory(): Promise<void> {
    this.error = await failureOf(async () => {
      this.memory = await api.readMemory();
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
    this.memory = null;
    this.error = null;
    this.doctor = null;
    this.doctorError = null;
  }
}

export const system = new System();
belongsToSession(() => system.clear());

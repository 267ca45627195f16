/** Where one is logged in: each browser or program that holds a session. */
import { endDevice, listDevices } from '$lib/api/auth';
import type { ApiError } from '$lib/api/errors';
import type { Device } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';

export class Devices {
  items = $state<Device[]>([]);
  loaded = $state(false);
  error = $state<ApiError | null>(null);

  /** This one first, then those that were seen last. */
  async load(): Promise<void> {
    this.error = await failureOf(async () => {
      const seen = (device: Device) => Date.parse(device.last_seen_at);
      this.items = (await listDevices()).sort(
        (one, other) => Number(other.current) - Number(one.current) || seen(other) - seen(one),
      );
      this.loaded = true;
    });
  }

  /** Logs one device out. Null, or why not. */
  async end(id: string): Promise<ApiError | null> {
    const failure = await failureOf(() => endDevice(id));
    if (failure && failure.status !== 404) return failure;
    this.items = this.items.filter((device) => device.id !== id);
    return null;
  }

  clear(): void {
    this.items = [];
    this.loaded = false;
    this.error = null;
  }
}

export const devices = new Devices();
belongsToSession(() => devices.clear());

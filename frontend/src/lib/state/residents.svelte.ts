/** What the pool holds, by model and adapter, and what may be done to it. */
import { asApiError, type ApiError } from '$lib/api/errors';
import { pinModel, unloadModel } from '$lib/api/local-models';
import type { ResidentModel } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { models } from './models.svelte';

export type ResidentAction = 'unload' | 'pin' | 'unpin';

/** One model with two adapters is two residents. */
export function residentKey({ id, adapter }: Pick<ResidentModel, 'id' | 'adapter'>): string {
  return adapter === null ? id : `${id} + ${adapter}`;
}

export class Residents {
  /** What is being asked of the manager, by `residentKey`. */
  busy = $state<Record<string, ResidentAction>>({});
  /** The last action that was refused. */
  refused = $state<Record<string, ApiError>>({});

  /** Done is true; otherwise `refused` says why not. The feed tells what came of it. */
  async act(resident: ResidentModel, action: ResidentAction): Promise<boolean> {
    const key = residentKey(resident);
    if (this.busy[key]) return false;
    this.busy[key] = action;
    this.forgive(resident);
    try {
      if (action === 'unload') await unloadModel(resident.id, resident.adapter);
      else await pinModel(resident.id, resident.adapter, action === 'pin');
      void models.load();
      return true;
    } catch (problem) {
      this.refused[key] = asApiError(problem);
      return false;
    } finally {
      Reflect.deleteProperty(this.busy, key);
    }
  }

  forgive(resident: ResidentModel): void {
    Reflect.deleteProperty(this.refused, residentKey(resident));
  }

  clear(): void {
    this.busy = {};
    this.refused = {};
  }
}

export const residents = new Residents();
belongsToSession(() => residents.clear());

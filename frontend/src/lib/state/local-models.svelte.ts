/** The models on this machine, which of them are resident, and what may be done to them. */
import * as api from '$lib/api/local-models';
import { asApiError, type ApiError } from '$lib/api/errors';
import type { HubModel, LocalModel, ResidentModel } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { downloads } from './downloads.svelte';
import { feed } from './feed.svelte';
import { Listing } from './listing.svelte';
import { models } from './models.svelte';

export type ModelAction = 'load' | 'unload' | 'pin' | 'unpin' | 'remove';

export class LocalModels {
  readonly list = new Listing<LocalModel>(api.listLocalModels);
  /** What is being asked of the manager, by model. */
  busy = $state<Record<string, ModelAction>>({});
  /** The last action that was refused, by model. */
  refused = $state<Record<string, ApiError>>({});

  /** The bytes that all listed models take on the disk. */
  get diskBytes(): number {
    return this.list.items.reduce((sum, model) => sum + model.size_bytes, 0);
  }

  has(id: string): boolean {
    return this.list.items.some((model) => model.id === id);
  }

  /**
   * Whether a model that the hub's answer tells of is here. That answer is of one moment; what
   * happened since is known to the list, and what has just come before the list is asked again.
   */
  isHere({ id, is_local }: Pick<HubModel, 'id' | 'is_local'>): boolean {
    if (!this.list.loaded) return is_local && !downloads.of(id);
    return this.has(id) || (this.list.loading && downloads.hasCome(id));
  }

  find(id: string): LocalModel | undefined {
    return this.list.items.find((model) => model.id === id);
  }

  /** Where a model itself stands in memory, by the feed; undefined is not resident. With an adapter
   * on top of it, it is another resident: to unload the model would not touch that one. */
  resident(id: string): ResidentModel | undefined {
    return feed.pool?.models.find((model) => model.id === id && model.adapter === null);
  }

  /** Done is true; otherwise `refused` says why not. */
  async act(id: string, action: ModelAction): Promise<boolean> {
    if (this.busy[id]) return false;
    this.busy[id] = action;
    Reflect.deleteProperty(this.refused, id);
    try {
      await this.#ask(id, action);
      if (action === 'remove') {
        this.list.items = this.list.items.filter((model) => model.id !== id);
      }
      void models.load();
      return true;
    } catch (problem) {
      this.refused[id] = asApiError(problem);
      return false;
    } finally {
      Reflect.deleteProperty(this.busy, id);
    }
  }

  forgive(id: string): void {
    Reflect.deleteProperty(this.refused, id);
  }

  clear(): void {
    this.list.clear();
    this.busy = {};
    this.refused = {};
  }

  async #ask(id: string, action: ModelAction): Promise<void> {
    if (action === 'load') await api.loadModel(id);
    else if (action === 'unload') await api.unloadModel(id);
    else if (action === 'remove') await api.deleteModel(id);
    else await api.loadModel(id, action === 'pin');
  }
}

export const localModels = new LocalModels();
downloads.onComplete(() => {
  void models.load();
  if (localModels.list.loaded) void localModels.list.load();
});
belongsToSession(() => localModels.clear());

/** The models that are offered first on this machine, out of what the hub's people use most. */
import type { ApiError } from '$lib/api/errors';
import { searchHub } from '$lib/api/hub';
import { pickThree, type ModelPick } from '$lib/model-picks';
import { Asking } from './asking.svelte';
import { belongsToSession } from './belongings';

/** Enough for a large one to be among them, few enough for an anonymous caller of the hub. */
const LOOKED_AT = 60;

export class ModelPicks {
  items = $state.raw<ModelPick[]>([]);
  loaded = $state(false);
  readonly #asking = new Asking();

  get loading(): boolean {
    return this.#asking.loading;
  }

  get error(): ApiError | null {
    return this.#asking.error;
  }

  /** Asks the hub; what is shown stays until it answers. Never raises: see `error`. */
  load(): Promise<void> {
    const query = { query: '', sort: 'downloads', maxGigabytes: null, limit: LOOKED_AT } as const;
    return this.#asking.ask(
      (signal) => searchHub(query, signal),
      (found) => {
        this.items = pickThree(found);
        this.loaded = true;
      },
    );
  }

  clear(): void {
    this.#asking.drop();
    this.items = [];
    this.loaded = false;
  }
}

export const modelPicks = new ModelPicks();
belongsToSession(() => modelPicks.clear());

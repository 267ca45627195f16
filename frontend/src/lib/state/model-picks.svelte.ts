/** The models that are offered first on this machine, out of what the hub's people use most. */
import { asApiError, isAbort, type ApiError } from '$lib/api/errors';
import { searchHub } from '$lib/api/hub';
import { pickThree, type ModelPick } from '$lib/model-picks';
import { belongsToSession } from './belongings';

/** Enough for a large one to be among them, few enough for an anonymous caller of the hub. */
const LOOKED_AT = 60;

export class ModelPicks {
  items = $state.raw<ModelPick[]>([]);
  loaded = $state(false);
  loading = $state(false);
  error = $state<ApiError | null>(null);
  #asking: AbortController | null = null;

  /** Asks the hub; what is shown stays until it answers. Never raises: see `error`. */
  async load(): Promise<void> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.loading = true;
    try {
      const query = { query: '', sort: 'downloads', maxGigabytes: null, limit: LOOKED_AT } as const;
      const found = await searchHub(query, asking.signal);
      if (asking.signal.aborted) return;
      this.items = pickThree(found);
      this.loaded = true;
      this.error = null;
    } catch (problem) {
      if (asking.signal.aborted || isAbort(problem)) return;
      this.error = asApiError(problem);
    } finally {
      if (this.#asking === asking) this.loading = false;
    }
  }

  clear(): void {
    this.#asking?.abort();
    this.items = [];
    this.loaded = false;
    this.loading = false;
    this.error = null;
  }
}

export const modelPicks = new ModelPicks();
belongsToSession(() => modelPicks.clear());

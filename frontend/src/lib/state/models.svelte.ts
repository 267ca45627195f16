/** The models that can be served, and the one the next message goes to. */
import { listModels } from '$lib/api/models';
import type { ApiError } from '$lib/api/errors';
import type { Model } from '$lib/api/types';
import { strings } from '$lib/strings';
import { belongsToPerson, belongsToSession } from './belongings';
import { Listing } from './listing.svelte';
import { recall, remember } from './storage';

const CHOICE = 'model';

export class Models {
  readonly #list = new Listing<Model>(async () => ({
    items: await listModels(),
    next_cursor: null,
  }));
  #choice = $state<string | null>(recall(CHOICE));

  get items(): Model[] {
    return this.#list.items;
  }

  get error(): ApiError | null {
    return this.#list.error;
  }

  /** The chosen model while it exists, else the built-in guide, else the first. */
  get selected(): string | null {
    const has = (id: string | null) => this.items.some((model) => model.id === id);
    if (has(this.#choice)) return this.#choice;
    if (has(strings.guide.modelId)) return strings.guide.modelId;
    return this.items[0]?.id ?? this.#choice;
  }

  /** The server that answers for the chosen model by its name; null for this one. */
  get place(): string | null {
    const model = this.items.find((item) => item.id === this.selected);
    return model ? placeOf(model) : null;
  }

  /** Never raises: see `error`. */
  load(): Promise<void> {
    return this.#list.load();
  }

  select(id: string): void {
    this.#choice = id;
    remember(CHOICE, id);
  }

  /** Takes the model of the conversation in front; without one, the person's own choice again. */
  follow(id: string | null): void {
    this.#choice = id ?? recall(CHOICE);
  }

  /** The list is somebody's; the choice waits for the same person to come back. */
  clear(): void {
    this.#list.clear();
    this.follow(null);
  }

  forget(): void {
    remember(CHOICE, null);
    this.#choice = null;
  }
}

/** The server that answers for a model which is not on this machine; null for those that are. */
export function placeOf(model: Model): string | null {
  return model.loaded === null ? model.owned_by : null;
}

export const models = new Models();
belongsToSession(() => models.clear());
belongsToPerson(() => models.forget());

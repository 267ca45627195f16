import { localModels } from '$lib/state/local-models.svelte';
import { system } from '$lib/state/system.svelte';

/** The memory is drawn to scale; the models are those that could be loaded. */
export async function load({ parent }) {
  await parent();
  void system.load();
  void localModels.list.load();
}

import { localModels } from '$lib/state/local-models.svelte';

/** What is shown already stays while the list is asked for again. */
export async function load({ parent }) {
  await parent();
  void localModels.list.load();
}

import { hubSearch, wishFrom } from '$lib/state/hub-search.svelte';
import { localModels } from '$lib/state/local-models.svelte';

/** The address is the question, so that a reload and the way back ask it again. */
export async function load({ parent, url }) {
  await parent();
  const wish = wishFrom(url.searchParams);
  void hubSearch.search(wish);
  // What is here already is told from what is at the hub.
  if (!localModels.list.loaded) void localModels.list.load();
  return { wish };
}

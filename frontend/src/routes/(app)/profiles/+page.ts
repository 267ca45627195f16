import { localModels } from '$lib/state/local-models.svelte';
import { models } from '$lib/state/models.svelte';
import { profiles } from '$lib/state/profiles.svelte';

/** The models are what a profile is made of; the names that can be called stand in its snippets. */
export async function load({ parent }) {
  await parent();
  void profiles.list.load();
  void localModels.list.load();
  void models.load();
}

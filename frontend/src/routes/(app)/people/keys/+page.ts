import { keys } from '$lib/state/keys.svelte';
import { models } from '$lib/state/models.svelte';

/** The models are named in the snippets. */
export async function load({ parent }) {
  await parent();
  void keys.load();
  void models.load();
}

import { conversations } from '$lib/state/conversations.svelte';
import { models } from '$lib/state/models.svelte';

/** The lists beside the chat fill in as they arrive; the page does not wait for them. */
export async function load({ params, parent }) {
  // The layout settles who is asking first; loads run side by side otherwise.
  await parent();
  if (!conversations.loaded) void conversations.load();
  if (models.items.length === 0) void models.load();
  return { id: params.id ?? null };
}

import { conversations } from '$lib/state/conversations.svelte';
import { folders } from '$lib/state/folders.svelte';
import { models } from '$lib/state/models.svelte';

/** The lists beside the chat fill in as they arrive; the page does not wait for them. */
export async function load({ params, parent, url }) {
  // The layout settles who is asking first; loads run side by side otherwise.
  await parent();
  if (!conversations.loaded) void conversations.load();
  if (!folders.loaded) void folders.load();
  if (models.items.length === 0) void models.load();
  const { searchParams: asked } = url;
  return {
    id: params.id ?? null,
    /** What a search looked for that led here. */
    words: asked.get('words') ?? '',
    /** The folder that a new conversation goes into. */
    folder: params.id ? null : asked.get('folder'),
  };
}

import { viewOf } from '$lib/audit-filter';
import { audit } from '$lib/state/audit.svelte';
import { models } from '$lib/state/models.svelte';
import { people } from '$lib/state/people.svelte';

/** The filter stands in the address, so that it can be sent on and is there after a login. */
export async function load({ parent, url }) {
  await parent();
  void audit.show(viewOf(url.searchParams));
  // All of them can be chosen: another page may have read the first ones only.
  if (!people.list.loaded || people.list.hasMore) void people.list.loadAll();
  if (models.items.length === 0) void models.load();
}

import { callers } from '$lib/state/callers.svelte';
import { models } from '$lib/state/models.svelte';
import { providers } from '$lib/state/providers.svelte';
import { rules } from '$lib/state/rules.svelte';
import { settings } from '$lib/state/settings.svelte';

/** Rules name providers, people and keys by their ids: all of them are fetched for their names. */
export async function load({ parent }) {
  await parent();
  void rules.list.load();
  void providers.list.loadAll();
  void callers.load();
  void settings.load();
  void models.load();
}

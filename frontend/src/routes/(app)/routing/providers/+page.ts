import { providers } from '$lib/state/providers.svelte';
import { rules } from '$lib/state/rules.svelte';

/** The rules say which providers are named. */
export async function load({ parent }) {
  await parent();
  void providers.list.loadAll();
  void rules.list.load();
}

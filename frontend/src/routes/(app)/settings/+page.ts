import { settings } from '$lib/state/settings.svelte';

export async function load({ parent }) {
  await parent();
  void settings.load();
}

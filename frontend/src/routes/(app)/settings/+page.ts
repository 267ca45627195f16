import { hubToken } from '$lib/state/hub-token.svelte';
import { settings } from '$lib/state/settings.svelte';

export async function load({ parent }) {
  await parent();
  void settings.load();
  void hubToken.load();
}

import { devices } from '$lib/state/devices.svelte';

export async function load({ parent }) {
  await parent();
  void devices.load();
}

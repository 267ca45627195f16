import { memoryHistory } from '$lib/state/memory-history.svelte';
import { system } from '$lib/state/system.svelte';

export async function load({ parent }) {
  await parent();
  void system.load();
  void memoryHistory.load();
}

import { launchd } from '$lib/state/launchd.svelte';
import { memoryHistory } from '$lib/state/memory-history.svelte';
import { session } from '$lib/state/session.svelte';
import { system } from '$lib/state/system.svelte';

export async function load({ parent }) {
  await parent();
  void system.load();
  void memoryHistory.load();
  if (session.user?.is_admin) void launchd.load();
}

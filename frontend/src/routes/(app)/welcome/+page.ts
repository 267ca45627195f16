import { localModels } from '$lib/state/local-models.svelte';
import { modelPicks } from '$lib/state/model-picks.svelte';
import { session } from '$lib/state/session.svelte';
import { system } from '$lib/state/system.svelte';

export async function load({ parent }) {
  await parent();
  void system.load();
  void localModels.list.load();
  if (!modelPicks.loaded) void modelPicks.load();
  // Takes seconds: what was found since this page was opened still holds.
  if (session.user?.is_admin && !system.doctor) void system.examine();
}

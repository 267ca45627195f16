import { latestRequests } from '$lib/state/latest-requests.svelte';
import { session } from '$lib/state/session.svelte';
import { usage } from '$lib/state/usage.svelte';

export async function load({ parent }) {
  await parent();
  void usage.load();
  if (session.user?.is_admin) void latestRequests.load();
}

import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { people } from '$lib/state/people.svelte';
import { session } from '$lib/state/session.svelte';

/** Everybody's accounts are for administrators; the others come here for their own keys. */
export async function load({ parent }) {
  await parent();
  if (!session.user?.is_admin) redirect(307, resolve('/people/keys'));
  void people.load();
}

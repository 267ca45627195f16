import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { session } from '$lib/state/session.svelte';
import { loginAddress } from '$lib/state/return-to';

/** Only for those who are logged in; everyone else is shown the way and led back after. */
export async function load({ url }) {
  await session.restore();
  if (session.phase === 'setup') redirect(307, resolve('/setup'));
  if (session.phase === 'signed-out') redirect(307, loginAddress(url));
}

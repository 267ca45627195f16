import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import { session } from '$lib/state/session.svelte';
import { afterLogin } from '$lib/state/return-to';

/** Set-up comes before everything, and nobody who is logged in needs these pages. */
export async function load({ route, url }) {
  await session.restore();
  if (session.phase === 'signed-in') redirect(307, afterLogin(url));
  const atSetup = route.id === '/(entry)/setup';
  if (session.phase === 'setup' && !atSetup) redirect(307, resolve('/setup'));
  if (session.phase !== 'setup' && atSetup) redirect(307, resolve('/login'));
}

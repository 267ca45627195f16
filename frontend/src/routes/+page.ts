import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';

/** The chat is the first room. */
export function load() {
  redirect(307, resolve('/chat'));
}

/** Going to the chat for something that was asked for elsewhere. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { page } from '$app/state';
import { summons, type Summoned } from '$lib/state/summons.svelte';

/** Whoever can do it takes the focus for it: the navigation leaves it alone. */
const KEEP = { keepFocus: true };

export function isOnChat(): boolean {
  return page.route.id?.startsWith('/(app)/chat') ?? false;
}

/** Asks the chat's page for something, and goes there first from another. */
export function summon(what: Summoned): void {
  summons.ask(what);
  if (!isOnChat()) void goto(resolve('/chat'), KEEP);
}

export function newChat(): void {
  summons.ask('composer');
  void goto(resolve('/chat'), KEEP);
}

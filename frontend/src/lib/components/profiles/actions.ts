/** What an administrator can do with a profile, each with its question and its notice. */
import type { Profile } from '$lib/api/types';
import { confirmation } from '$lib/state/confirmation.svelte';
import { profiles } from '$lib/state/profiles.svelte';
import { isAtRest, servers, type ServerAction } from '$lib/state/servers.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { profiles as words } from '$lib/strings/profiles';
import { order } from '../servers/order';

/** Starts or stops; a refusal is told, since a table has no room for it. */
export async function run(profile: Profile, action: ServerAction): Promise<boolean> {
  const server = servers.of(profile.id);
  const done = await (server ? order(server, action) : servers.act(profile.id, action));
  tellRefusal(profile.id);
  return done;
}

/** The copy, or null when there is none. */
export async function duplicate(profile: Profile): Promise<Profile | null> {
  const outcome = await profiles.duplicate(profile.id);
  if (outcome.failure) {
    toasts.show(outcome.failure.message, { tone: 'bad' });
    return null;
  }
  toasts.show(words.copied(outcome.profile.name), { tone: 'good' });
  return outcome.profile;
}

/** One that runs is stopped first, and the question says so. True when it is gone. */
export async function remove(profile: Profile): Promise<boolean> {
  const server = servers.of(profile.id);
  const runs = server !== undefined && !isAtRest(server);
  const agreed = await confirmation.ask({
    title: words.removeTitle(profile.name),
    text: runs ? words.removeRunning(profile.name) : words.removeText,
    action: words.removeAction,
    bad: true,
  });
  if (!agreed || (runs && !(await servers.act(profile.id, 'stop')))) {
    tellRefusal(profile.id);
    return false;
  }
  const failure = await profiles.remove(profile.id);
  if (failure) toasts.show(failure.message, { tone: 'bad' });
  else toasts.show(words.removed(profile.name), { tone: 'good' });
  return failure === null;
}

function tellRefusal(profileId: string): void {
  const refused = servers.refused[profileId];
  if (!refused) return;
  toasts.show(refused.message, { tone: 'bad' });
  servers.forgive(profileId);
}

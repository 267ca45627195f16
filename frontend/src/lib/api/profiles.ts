/** /api/profiles: names that clients call, and what stands behind them. */
import { client, unwrap } from './client';
import { everyPage } from './every-page';
import type { Profile, ProfileCreate, ProfileUpdate } from './types';

/** All of them, in the order they were made. */
export function listProfiles(): Promise<Profile[]> {
  return everyPage((cursor) =>
    unwrap(client.GET('/api/profiles', { params: { query: { limit: 200, cursor } } })),
  );
}

/** Raises ApiError `profile_name_taken`, `profile_model_missing`, `placement_unavailable` or
 * `validation_failed`. */
export function createProfile(body: ProfileCreate): Promise<Profile> {
  return unwrap(client.POST('/api/profiles', { body }));
}

/** A field that is left out stays; `defaults` are replaced as a whole. Raises as createProfile does,
 * and `profile_in_use` where it has to be stopped first. */
export function updateProfile(id: string, body: ProfileUpdate): Promise<Profile> {
  return unwrap(client.PATCH('/api/profiles/{profile_id}', { ...at(id), body }));
}

/** A copy under a name that the manager makes. */
export function duplicateProfile(id: string): Promise<Profile> {
  return unwrap(client.POST('/api/profiles/{profile_id}/duplicate', at(id)));
}

/** With its log. Raises ApiError `profile_in_use` while it runs. */
export async function deleteProfile(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/profiles/{profile_id}', at(id)));
}

function at(id: string) {
  return { params: { path: { profile_id: id } } };
}

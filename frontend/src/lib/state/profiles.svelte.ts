/** Profiles: the names that clients call, made, changed, copied and deleted. */
import { asApiError, type ApiError } from '$lib/api/errors';
import * as api from '$lib/api/profiles';
import type { Profile, ProfileCreate, ProfileUpdate } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { Listing } from './listing.svelte';
import { models } from './models.svelte';
import { servers } from './servers.svelte';

/** What came of it, or why nothing did. */
export type ProfileOutcome =
  { profile: Profile; failure: null } | { profile: null; failure: ApiError };

export class Profiles {
  readonly list = new Listing<Profile>(async () => ({
    items: await api.listProfiles(),
    next_cursor: null,
  }));

  find(id: string): Profile | undefined {
    return this.list.items.find((profile) => profile.id === id);
  }

  create(wanted: ProfileCreate): Promise<ProfileOutcome> {
    return this.#add(() => api.createProfile(wanted));
  }

  /** A copy, under a name that the manager makes. */
  duplicate(id: string): Promise<ProfileOutcome> {
    return this.#add(() => api.duplicateProfile(id));
  }

  async update(id: string, change: ProfileUpdate): Promise<ProfileOutcome> {
    try {
      const profile = await api.updateProfile(id, change);
      this.list.items = this.list.items.map((item) => (item.id === id ? profile : item));
      this.#tellOthers();
      return { profile, failure: null };
    } catch (problem) {
      return { profile: null, failure: asApiError(problem) };
    }
  }

  /** Null when it is gone, or why it is not. */
  async remove(id: string): Promise<ApiError | null> {
    const failure = await failureOf(() => api.deleteProfile(id));
    // Deleted in another window: what was asked for is so.
    if (failure && failure.status !== 404) return failure;
    this.list.items = this.list.items.filter((profile) => profile.id !== id);
    servers.forget(id);
    this.#tellOthers();
    return null;
  }

  async #add(make: () => Promise<Profile>): Promise<ProfileOutcome> {
    try {
      const profile = await make();
      this.list.items = [...this.list.items, profile];
      this.#tellOthers();
      return { profile, failure: null };
    } catch (problem) {
      return { profile: null, failure: asApiError(problem) };
    }
  }

  /** The names that can be called, and what runs, follow. */
  #tellOthers(): void {
    void models.load();
    void servers.load();
  }
}

export const profiles = new Profiles();
belongsToSession(() => profiles.list.clear());

/** Everybody's accounts, for administrators. A change shows at once and goes back if it is refused. */
import type { ApiError } from '$lib/api/errors';
import type { User, UserDetail, UserUpdate } from '$lib/api/types';
import * as api from '$lib/api/users';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { Listing } from './listing.svelte';
import { pending } from './pending.svelte';
import { session } from './session.svelte';

export class People {
  readonly list = new Listing<User>((cursor) => api.listUsers(cursor));

  /** Who waits for approval, the longest first. */
  waiting = $derived(this.list.items.filter((user) => user.status === 'pending'));
  settled = $derived(this.list.items.filter((user) => user.status !== 'pending'));

  /** Whether this is the only approved administrator, who must stay one. */
  isLastAdministrator(user: User): boolean {
    const isOne = (other: User) => other.is_admin && other.status === 'approved';
    return isOne(user) && !this.list.hasMore && this.list.items.filter(isOne).length === 1;
  }

  async load(): Promise<void> {
    await this.list.load();
    void pending.refresh();
  }

  /** Approves, disables, promotes, demotes or keeps here. Null, or why not. */
  async change(id: string, change: UserUpdate): Promise<ApiError | null> {
    const before = this.list.items.find((user) => user.id === id);
    if (!before) return null;
    this.#replace({
      ...before,
      status: change.status ?? before.status,
      is_admin: change.is_admin ?? before.is_admin,
      local_only: change.local_only ?? before.local_only,
    });
    const failure = await failureOf(async () => {
      const changed = await api.updateUser(id, change);
      this.#replace(changed);
      // Who gives up their own role sees at once what is left to them.
      if (session.user?.id === id) session.user = changed;
    });
    if (failure) this.#replace(before);
    void pending.refresh();
    return failure;
  }

  /** Null when it is gone, or why not. */
  async remove(id: string): Promise<ApiError | null> {
    const failure = await failureOf(() => api.deleteUser(id));
    // Deleted in another window: what was asked for is so.
    if (failure && failure.status !== 404) return failure;
    this.list.items = this.list.items.filter((user) => user.id !== id);
    void pending.refresh();
    return null;
  }

  /** What would be deleted with an account. Raises ApiError. */
  detail(id: string): Promise<UserDetail> {
    return api.getUser(id);
  }

  /** Null, or why not; the field `new_password` is named where the password itself is refused. */
  resetPassword(id: string, password: string): Promise<ApiError | null> {
    return failureOf(() => api.resetPassword(id, password));
  }

  #replace(user: User): void {
    this.list.items = this.list.items.map((item) => (item.id === user.id ? user : item));
  }
}

export const people = new People();
belongsToSession(() => people.list.clear());

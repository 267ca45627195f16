/** Whom a rule or a question can name: everybody's accounts and keys, and what of theirs stays here. */
import type { ApiError } from '$lib/api/errors';
import { listKeys, updateKey } from '$lib/api/keys';
import type { ApiKey } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { Listing } from './listing.svelte';
import { people } from './people.svelte';

export interface Named {
  id: string;
  name: string;
}

export class Callers {
  readonly keyList = new Listing<ApiKey>((cursor) => listKeys(true, cursor));

  people = $derived<Named[]>(people.list.items.map(({ id, email }) => ({ id, name: email })));
  keys = $derived<Named[]>(
    this.keyList.items.map(({ id, name, user_email }) => ({ id, name: `${name} (${user_email})` })),
  );
  /** Those whose requests never leave this machine. */
  stayingPeople = $derived(people.list.items.filter((user) => user.local_only).map(({ id }) => id));
  stayingKeys = $derived(this.keyList.items.filter((key) => key.local_only).map(({ id }) => id));

  async load(): Promise<void> {
    await Promise.all([people.list.loadAll(), this.keyList.loadAll()]);
  }

  /** Null for nobody of that id; an ellipsis while not everybody has come. */
  personName(id: string): string | null {
    const person = this.people.find((each) => each.id === id);
    return person?.name ?? unknown(people.list);
  }

  /** Null for no key of that id; an ellipsis while not all have come. */
  keyName(id: string): string | null {
    const key = this.keyList.items.find((each) => each.id === id);
    return key?.name ?? unknown(this.keyList);
  }

  /** Null, or why not. */
  keepPerson(id: string, stays: boolean): Promise<ApiError | null> {
    return people.change(id, { local_only: stays });
  }

  /** Null, or why not. */
  keepKey(id: string, stays: boolean): Promise<ApiError | null> {
    return failureOf(async () => {
      const changed = await updateKey(id, { local_only: stays });
      this.keyList.items = this.keyList.items.map((key) => (key.id === id ? changed : key));
    });
  }
}

function unknown(list: { loaded: boolean; hasMore: boolean }): string | null {
  return list.loaded && !list.hasMore ? null : '…';
}

export const callers = new Callers();
belongsToSession(() => callers.keyList.clear());

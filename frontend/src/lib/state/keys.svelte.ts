/** API keys: one's own or, for administrators, everybody's. */
import type { ApiError } from '$lib/api/errors';
import * as api from '$lib/api/keys';
import type { ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyUpdate } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { Listing } from './listing.svelte';

export class Keys {
  everybodys = $state(false);
  /** The key that was just made, with its secret: kept only until the person has seen it. */
  fresh = $state<ApiKeyCreated | null>(null);
  readonly list = new Listing<ApiKey>((cursor) => api.listKeys(this.everybodys, cursor));

  async load(everybodys = this.everybodys): Promise<void> {
    this.everybodys = everybodys;
    await this.list.load();
  }

  /** Makes a key and puts it into `fresh`. Null, or why not. */
  create(wanted: ApiKeyCreate): Promise<ApiError | null> {
    return failureOf(async () => {
      const made = await api.createKey(wanted);
      // The newest comes last: while there are more pages it is on one of them.
      if (!this.list.hasMore) this.list.items.push(withoutSecret(made));
      this.fresh = made;
    });
  }

  /** Null, or why not. */
  update(id: string, change: ApiKeyUpdate): Promise<ApiError | null> {
    return failureOf(async () => {
      const changed = await api.updateKey(id, change);
      this.list.items = this.list.items.map((key) => (key.id === id ? changed : key));
    });
  }

  /** Null when it works no more, or why it still does. */
  async revoke(id: string): Promise<ApiError | null> {
    const failure = await failureOf(() => api.revokeKey(id));
    if (failure && failure.status !== 404) return failure;
    this.list.items = this.list.items.filter((key) => key.id !== id);
    return null;
  }

  clear(): void {
    this.list.clear();
    this.everybodys = false;
    this.fresh = null;
  }
}

function withoutSecret(made: ApiKeyCreated): ApiKey {
  const fields = Object.entries(made).filter(([name]) => name !== 'key');
  return Object.fromEntries(fields) as unknown as ApiKey;
}

export const keys = new Keys();
belongsToSession(() => keys.clear());

/** Other servers that may answer in this one's place, and what came of testing them. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import * as api from '$lib/api/providers';
import type { ApiError } from '$lib/api/errors';
import type { Provider, ProviderCreate, ProviderTest, ProviderUpdate } from '$lib/api/types';
import { rfc3339 } from '$lib/format';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { Listing } from './listing.svelte';

export interface Tested extends ProviderTest {
  /** RFC 3339. */
  at: string;
}

export class Providers {
  readonly list = new Listing<Provider>((cursor) => api.listProviders(cursor));
  /** The last test of each, while this page is open. */
  readonly tested = new SvelteMap<string, Tested>();
  /** Those that are being asked now. */
  readonly testing = new SvelteSet<string>();

  nameOf(id: string): string | null {
    return this.find(id)?.name ?? null;
  }

  find(id: string): Provider | undefined {
    return this.list.items.find((provider) => provider.id === id);
  }

  /** Null, or why not. */
  create(wanted: ProviderCreate): Promise<ApiError | null> {
    return failureOf(async () => {
      const made = await api.createProvider(wanted);
      this.list.items.push(made);
    });
  }

  /** Null, or why not. What an earlier test said of another address or key is forgotten. */
  update(id: string, change: ProviderUpdate): Promise<ApiError | null> {
    return failureOf(async () => {
      this.#replace(await api.updateProvider(id, change));
      if (change.base_url !== undefined || change.key !== undefined) this.tested.delete(id);
    });
  }

  /** Shows at once and goes back if it is refused. Null, or why not. */
  async enable(id: string, isEnabled: boolean): Promise<ApiError | null> {
    const before = this.find(id);
    if (!before) return null;
    this.#replace({ ...before, is_enabled: isEnabled });
    const failure = await this.update(id, { is_enabled: isEnabled });
    if (failure) this.#replace(before);
    return failure;
  }

  /** Null when it is gone, or why not. */
  async remove(id: string): Promise<ApiError | null> {
    const failure = await failureOf(() => api.deleteProvider(id));
    if (failure && failure.status !== 404) return failure;
    this.list.items = this.list.items.filter((provider) => provider.id !== id);
    this.tested.delete(id);
    return null;
  }

  /** Asks it for its models; the outcome is in `tested`, whatever it is. */
  async test(id: string): Promise<void> {
    if (this.testing.has(id)) return;
    this.testing.add(id);
    const failure = await failureOf(async () => this.#note(id, await api.testProvider(id)));
    if (failure)
      this.#note(id, { ok: false, detail: failure.message, milliseconds: 0, models: [] });
    // A test that went well closes the circuit. Without an answer what is shown stays.
    if (!failure) await failureOf(async () => this.#replace(await api.getProvider(id)));
    this.testing.delete(id);
  }

  /** Lets it offer what its last test listed. Null, or why not. */
  async takeModels(id: string): Promise<ApiError | null> {
    const tested = this.tested.get(id);
    return tested?.ok ? this.update(id, { models: tested.models }) : null;
  }

  /** Asks again once the pause of one that failed is over. Call in an effect; it gives the end. */
  watch(): () => void {
    const pauses = this.list.items.map((each) => each.retry_seconds).filter((left) => left > 0);
    if (pauses.length === 0) return () => undefined;
    const timer = setTimeout(() => void this.list.loadAll(), Math.min(...pauses) * 1000);
    return () => clearTimeout(timer);
  }

  clear(): void {
    this.list.clear();
    this.tested.clear();
    this.testing.clear();
  }

  #note(id: string, report: ProviderTest): void {
    this.tested.set(id, { ...report, at: rfc3339(Date.now()) });
  }

  #replace(provider: Provider): void {
    this.list.items = this.list.items.map((item) => (item.id === provider.id ? provider : item));
  }
}

/** Whether a test listed other models than the provider offers here. */
export function hasNews(provider: Provider, tested: Tested): boolean {
  if (!tested.ok || tested.models.length === 0) return false;
  const inOrder = (names: string[]) => [...names].sort().join('\n');
  return inOrder(tested.models) !== inOrder(provider.models);
}

export const providers = new Providers();
belongsToSession(() => providers.clear());

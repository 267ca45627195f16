/** /api/providers: other servers that may answer in this one's place. For administrators. */
import { client, unwrap } from './client';
import type { Provider, ProviderCreate, ProviderPage, ProviderTest, ProviderUpdate } from './types';

export function listProviders(cursor?: string): Promise<ProviderPage> {
  return unwrap(client.GET('/api/providers', { params: { query: { limit: 100, cursor } } }));
}

export function getProvider(id: string): Promise<Provider> {
  return unwrap(client.GET('/api/providers/{provider_id}', at(id)));
}

/** Raises ApiError `provider_exists`, or `validation_failed` with the field named. */
export function createProvider(body: ProviderCreate): Promise<Provider> {
  return unwrap(client.POST('/api/providers', { body }));
}

/** A field that is left out stays; `key` null forgets the key. Raises as `createProvider`. */
export function updateProvider(id: string, body: ProviderUpdate): Promise<Provider> {
  return unwrap(client.PATCH('/api/providers/{provider_id}', { ...at(id), body }));
}

/** Raises ApiError `provider_in_use` while a rule names it. */
export async function deleteProvider(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/providers/{provider_id}', at(id)));
}

/** Asks it for its models, with its key. What goes wrong there is in the reply. */
export function testProvider(id: string): Promise<ProviderTest> {
  return unwrap(client.POST('/api/providers/{provider_id}/test', at(id)));
}

function at(id: string) {
  return { params: { path: { provider_id: id } } };
}

/** /api/keys: API keys for /v1, one's own or, for administrators, everybody's. */
import { client, unwrap } from './client';
import type { ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyPage, ApiKeyUpdate } from './types';

export function listKeys(everybodys: boolean, cursor?: string): Promise<ApiKeyPage> {
  const query = { limit: 100, all: everybodys, cursor };
  return unwrap(client.GET('/api/keys', { params: { query } }));
}

/** The only reply that carries the key itself. Raises ApiError `validation_failed`. */
export function createKey(body: ApiKeyCreate): Promise<ApiKeyCreated> {
  return unwrap(client.POST('/api/keys', { body }));
}

/** A field that is left out stays; null takes a limit away. Raises ApiError `validation_failed`. */
export function updateKey(id: string, body: ApiKeyUpdate): Promise<ApiKey> {
  return unwrap(client.PATCH('/api/keys/{key_id}', { ...at(id), body }));
}

export async function revokeKey(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/keys/{key_id}', at(id)));
}

function at(id: string) {
  return { params: { path: { key_id: id } } };
}

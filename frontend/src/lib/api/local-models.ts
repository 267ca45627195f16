/** Models on this machine: the list, their cards and their end; and what is resident. */
import { client, postJson, unwrap } from './client';
import type { LocalModelPage, ModelCard, ResidentModel } from './types';

export function listLocalModels(cursor?: string): Promise<LocalModelPage> {
  return unwrap(client.GET('/api/models/local', { params: { query: { limit: 100, cursor } } }));
}

/** The README of a model, of this machine or else of the hub. */
export function getModelCard(id: string): Promise<ModelCard> {
  return unwrap(client.GET('/api/models/card/{model_id}', at(id)));
}

/** Raises ApiError `model_in_use`, which says by what. */
export async function deleteModel(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/models/{model_id}', at(id)));
}

interface Order {
  model: string;
  resident: ResidentModel | null;
}

/** Answers when the model is loaded. `pinned` left out leaves the pin as it is. */
export function loadModel(model: string, pinned?: boolean): Promise<Order> {
  return postJson<Order>('/v1/admin/load', { model, pinned });
}

/** Raises ApiError while somebody uses it. With another adapter, or none, it is another resident. */
export function unloadModel(model: string, adapter?: string | null): Promise<Order> {
  return postJson<Order>('/v1/admin/unload', { model, ...on(adapter) });
}

/** Keeps a resident model from eviction, or lets it go again. */
export function pinModel(model: string, adapter: string | null, pinned: boolean): Promise<Order> {
  return postJson<Order>('/v1/admin/load', { model, ...on(adapter), pinned });
}

/** The manager reads a missing adapter as none. */
function on(adapter?: string | null) {
  return adapter ? { adapter } : {};
}

function at(id: string) {
  return { params: { path: { model_id: id } } };
}

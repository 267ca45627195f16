/** /v1/models: what can be served now. */
import { getJson } from './client';
import type { Model } from './types';

export async function listModels(): Promise<Model[]> {
  return (await getJson<{ data: Model[] }>('/v1/models')).data;
}

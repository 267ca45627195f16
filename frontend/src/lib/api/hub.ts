/** /api/models/search: what there is at the hub. */
import { client, unwrap } from './client';
import type { HubModel } from './types';

export interface HubQuery {
  query: string;
  sort: 'downloads' | 'likes' | 'lastModified';
  /** Larger repositories are left out; null is no limit. */
  maxGigabytes: number | null;
  /** At most 100. */
  limit: number;
}

/** Raises ApiError `offline_mode`, `hub_failed`, `hub_rate_limited` or `hub_slow`. */
export async function searchHub(wanted: HubQuery, signal: AbortSignal): Promise<HubModel[]> {
  const query = {
    query: wanted.query || undefined,
    sort: wanted.sort,
    limit: wanted.limit,
    max_size_gb: wanted.maxGigabytes ?? undefined,
  };
  return (await unwrap(client.GET('/api/models/search', { params: { query }, signal }))).items;
}

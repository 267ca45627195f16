/** /api/models/downloads: models on their way from the hub. Their progress comes with /api/events. */
import { client, unwrap } from './client';
import type { Download } from './types';

/** Raises ApiError `download_exists`, `offline_mode` or `administrators_only`. */
export function createDownload(model: string): Promise<Download> {
  return unwrap(client.POST('/api/models/downloads', { body: { model } }));
}

export function pauseDownload(id: string): Promise<Download> {
  return unwrap(client.POST('/api/models/downloads/{download_id}/pause', at(id)));
}

export function resumeDownload(id: string): Promise<Download> {
  return unwrap(client.POST('/api/models/downloads/{download_id}/resume', at(id)));
}

/** Stops it and deletes what has come. */
export function cancelDownload(id: string): Promise<Download> {
  return unwrap(client.POST('/api/models/downloads/{download_id}/cancel', at(id)));
}

function at(id: string) {
  return { params: { path: { download_id: id } } };
}

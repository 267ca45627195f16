/** /api/settings/hub-token: who we are at the hub. The token itself only ever goes in. */
import { client, unwrap } from './client';
import type { HubTokenState } from './types';

export function readHubToken(): Promise<HubTokenState> {
  return unwrap(client.GET('/api/settings/hub-token'));
}

/** Raises ApiError `setting_fixed`, or `validation_failed` with the field named. */
export function saveHubToken(token: string): Promise<HubTokenState> {
  return unwrap(client.PUT('/api/settings/hub-token', { body: { token } }));
}

/** Raises ApiError `setting_fixed`. */
export async function forgetHubToken(): Promise<void> {
  await unwrap(client.DELETE('/api/settings/hub-token'));
}

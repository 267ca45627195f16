/** /api/settings: what an administrator may change while the server runs. */
import { client, unwrap } from './client';
import type { SettingsChange, SettingsReport } from './types';

export function readSettings(): Promise<SettingsReport> {
  return unwrap(client.GET('/api/settings'));
}

/**
 * All of these or none; null goes back to the default. Raises ApiError `setting_fixed`, or
 * `validation_failed` with the field named.
 */
export function changeSettings(body: SettingsChange): Promise<SettingsReport> {
  return unwrap(client.PUT('/api/settings', { body }));
}

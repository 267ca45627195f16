/** /api/system/launchd: beginning with the Mac; for administrators. */
import { getJson, postJson } from './client';
import type { Launchd } from './types';

const PLACE = '/api/system/launchd';

export function readLaunchd(): Promise<Launchd> {
  return getJson<Launchd>(`${PLACE}/status`);
}

/** Raises ApiError with status 409 where there is no launchd, and when it does not do as told. */
export function installLaunchd(): Promise<Launchd> {
  return postJson<Launchd>(`${PLACE}/install`, {});
}

/** Raises as `installLaunchd` does. */
export function uninstallLaunchd(): Promise<Launchd> {
  return postJson<Launchd>(`${PLACE}/uninstall`, {});
}

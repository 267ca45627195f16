/** /api/system/launchd: beginning with the Mac; for administrators. */
import { client, unwrap } from './client';
import type { Launchd } from './types';

export function readLaunchd(): Promise<Launchd> {
  return unwrap(client.GET('/api/system/launchd/status'));
}

/** Raises ApiError with status 409 where there is no launchd, and when it does not do as told. */
export function installLaunchd(): Promise<Launchd> {
  return unwrap(client.POST('/api/system/launchd/install'));
}

/** Raises as `installLaunchd` does. */
export function uninstallLaunchd(): Promise<Launchd> {
  return unwrap(client.POST('/api/system/launchd/uninstall'));
}

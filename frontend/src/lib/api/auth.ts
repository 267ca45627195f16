/** /api/auth: accounts and access tokens. */
import { client, unwrap } from './client';
import type { Device, User } from './types';

export async function setupNeeded(): Promise<boolean> {
  return (await unwrap(client.GET('/api/auth/setup'))).needed;
}

/** Raises ApiError `email_taken`, or `validation_failed` with the field named. */
export function register(email: string, password: string): Promise<User> {
  return unwrap(client.POST('/api/auth/register', { body: { email, password } }));
}

/** The access token. Raises ApiError `invalid_credentials`, `account_pending` or `account_disabled`. */
export async function login(email: string, password: string): Promise<string> {
  return (await unwrap(client.POST('/api/auth/login', { body: { email, password } }))).access_token;
}

/** Ends the session of this browser, or with `everywhere` those of all devices. */
export async function logout(everywhere: boolean): Promise<void> {
  await unwrap(client.POST('/api/auth/logout', { params: { query: { everywhere } } }));
}

export function me(): Promise<User> {
  return unwrap(client.GET('/api/auth/me'));
}

/**
 * A fresh token: every session has ended, this one too. Raises ApiError `wrong_password`, or
 * `validation_failed` with `new_password` named.
 */
export async function changePassword(current: string, fresh: string): Promise<string> {
  const body = { current_password: current, new_password: fresh };
  return (await unwrap(client.PUT('/api/auth/me/password', { body }))).access_token;
}

/** Where one is logged in; as many as the manager gives at once, which nobody exceeds. */
export async function listDevices(): Promise<Device[]> {
  return (await unwrap(client.GET('/api/auth/sessions', { params: { query: { limit: 200 } } })))
    .items;
}

export async function endDevice(id: string): Promise<void> {
  await unwrap(
    client.DELETE('/api/auth/sessions/{session_id}', { params: { path: { session_id: id } } }),
  );
}

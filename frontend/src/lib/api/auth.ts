/** /api/auth: accounts and access tokens. */
import { client, unwrap } from './client';
import type { User } from './types';

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

export async function logout(): Promise<void> {
  await unwrap(client.POST('/api/auth/logout'));
}

export function me(): Promise<User> {
  return unwrap(client.GET('/api/auth/me'));
}

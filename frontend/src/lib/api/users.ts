/** /api/auth/users: everybody's accounts, for administrators. */
import { client, unwrap } from './client';
import type { User, UserDetail, UserPage, UserUpdate } from './types';

export function listUsers(cursor?: string): Promise<UserPage> {
  return unwrap(client.GET('/api/auth/users', { params: { query: { limit: 100, cursor } } }));
}

export async function countPending(): Promise<number> {
  return (await unwrap(client.GET('/api/auth/users/pending/count'))).count;
}

/** One account, and how much would be deleted with it. */
export function getUser(id: string): Promise<UserDetail> {
  return unwrap(client.GET('/api/auth/users/{user_id}', at(id)));
}

/** Raises ApiError `last_administrator`. */
export function updateUser(id: string, body: UserUpdate): Promise<User> {
  return unwrap(client.PUT('/api/auth/users/{user_id}', { ...at(id), body }));
}

/** Raises ApiError `last_administrator`. */
export async function deleteUser(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/auth/users/{user_id}', at(id)));
}

/** Raises ApiError `validation_failed` with `new_password` named. */
export async function resetPassword(id: string, password: string): Promise<void> {
  const body = { new_password: password };
  await unwrap(client.POST('/api/auth/users/{user_id}/reset-password', { ...at(id), body }));
}

function at(id: string) {
  return { params: { path: { user_id: id } } };
}

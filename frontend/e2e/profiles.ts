/** Profiles that a journey needs to be there. */
import type { APIRequestContext } from '@playwright/test';
import { expect } from './fixtures';
import { asAdmin } from './places';

export const GUIDE = 'mlx-manager/guide';

/** Makes a profile of the guide, or of what `more` says; its id. */
export async function makeProfile(request: APIRequestContext, name: string, more: object = {}) {
  const reply = await request.post('/api/profiles', {
    data: { name, model: GUIDE, ...more },
    headers: await asAdmin(request),
  });
  expect(reply.ok(), await reply.text()).toBe(true);
  return ((await reply.json()) as { id: string }).id;
}

export async function deleteProfile(request: APIRequestContext, id: string) {
  const headers = await asAdmin(request);
  await request.post(`/api/servers/${id}/stop`, { headers });
  expect((await request.delete(`/api/profiles/${id}`, { headers })).status()).toBe(204);
}

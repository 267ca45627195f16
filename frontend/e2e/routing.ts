/** Providers and routing rules through the API, for journeys that need them to be there. */
import type { APIRequestContext } from '@playwright/test';
import { expect } from './fixtures';
import { asAdmin } from './places';

export async function addProvider(request: APIRequestContext, data: object) {
  const made = await request.post('/api/providers', { headers: await asAdmin(request), data });
  expect(made.ok(), await made.text()).toBe(true);
}

export async function freshKey(request: APIRequestContext, name: string): Promise<string> {
  const headers = await asAdmin(request);
  const made = await request.post('/api/keys', { headers, data: { name } });
  return ((await made.json()) as { key: string }).key;
}

/** A rule that leads to the provider that is there; `target` is what the model is called there. */
export async function rule(
  request: APIRequestContext,
  { target, ...fields }: Record<string, unknown>,
) {
  const headers = await asAdmin(request);
  const listed = await (await request.get('/api/providers', { headers })).json();
  const targets = [{ provider_id: listed.items[0].id, model: target ?? null }];
  const data = { model: '*', targets, ...fields };
  const made = await request.post('/api/routing/rules', { headers, data });
  expect(made.ok(), await made.text()).toBe(true);
}

export async function routing(request: APIRequestContext, isOn: boolean) {
  const data = { routing_enabled: isOn };
  const reply = await request.put('/api/settings', { headers: await asAdmin(request), data });
  expect(reply.ok(), await reply.text()).toBe(true);
}

export async function nothingRouted(request: APIRequestContext) {
  const headers = await asAdmin(request);
  await routing(request, false);
  for (const path of ['/api/routing/rules', '/api/providers']) {
    const { items } = await (await request.get(path, { headers })).json();
    for (const { id } of items) await request.delete(`${path}/${id}`, { headers });
  }
}

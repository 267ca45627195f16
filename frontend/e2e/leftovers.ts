/** What a failed test leaves behind would fail the next ones: one fault is to be told once. */
import type { APIRequestContext } from '@playwright/test';

interface Made {
  id: string;
  created_at: string;
}

/** Deletes the administrator's chats and the profiles made since `since`, and ends what runs there. */
export async function removeMadeSince(request: APIRequestContext, token: string, since: Date) {
  const headers = { Authorization: `Bearer ${token}` };
  for (const path of ['/api/chat/conversations', '/api/profiles']) {
    const { items } = (await (await request.get(path, { headers })).json()) as { items: Made[] };
    for (const { id, created_at } of items) {
      if (new Date(created_at) < since) continue;
      if (path === '/api/profiles') await request.post(`/api/servers/${id}/stop`, { headers });
      await request.delete(`${path}/${id}`, { headers });
    }
  }
}

/** /api/servers: profiles as they run, and what they write. */
import { client, unwrap } from './client';
import { everyPage } from './every-page';
import { readEvents, type EventBody } from './sse';
import type { Server } from './types';

/** Every profile, running or not, in the order they were made. */
export function listServers(): Promise<Server[]> {
  return everyPage((cursor) =>
    unwrap(client.GET('/api/servers', { params: { query: { limit: 200, cursor } } })),
  );
}

/** Answers before it runs: its state says how far it is. */
export function startServer(id: string): Promise<Server> {
  return unwrap(client.POST('/api/servers/{profile_id}/start', at(id)));
}

/** Raises ApiError `server_busy` while its model answers. */
export function stopServer(id: string): Promise<Server> {
  return unwrap(client.POST('/api/servers/{profile_id}/stop', at(id)));
}

export function restartServer(id: string): Promise<Server> {
  return unwrap(client.POST('/api/servers/{profile_id}/restart', at(id)));
}

/** Resolves when the connection stands, to the last `lines` of its log and each new one after them.
 * Raises ApiError; ends when the connection does. */
export async function openServerLog(
  id: string,
  lines: number,
  signal: AbortSignal,
): Promise<AsyncGenerator<string, void, void>> {
  const params = { path: { profile_id: id }, query: { lines, follow: true } };
  return linesOf(
    await unwrap(
      client.GET('/api/servers/{profile_id}/logs', { params, parseAs: 'stream', signal }),
    ),
  );
}

async function* linesOf(body: EventBody): AsyncGenerator<string, void, void> {
  for await (const { event, data } of readEvents(body)) {
    if (event === 'line') yield (JSON.parse(data) as { line: string }).line;
  }
}

function at(id: string) {
  return { params: { path: { profile_id: id } } };
}

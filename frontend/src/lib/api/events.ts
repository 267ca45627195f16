/** /api/events: the one feed of the dashboard. */
import { client, unwrap } from './client';
import { readEvents } from './sse';
import type { FeedEvent } from './types';

const KINDS = new Set(['pool', 'requests', 'memory', 'downloads', 'servers', 'people']);

/** The state of each kind, then what changes. Ends when the connection does. Raises ApiError. */
export async function* feedEvents(signal: AbortSignal): AsyncGenerator<FeedEvent, void, void> {
  const body = await unwrap(client.GET('/api/events', { parseAs: 'stream', signal }));
  for await (const { event, data } of readEvents(body)) {
    if (KINDS.has(event)) yield JSON.parse(data) as FeedEvent;
  }
}

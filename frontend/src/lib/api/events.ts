/** /api/events: the one feed of the dashboard. */
import { open } from './client';
import { readEvents } from './sse';
import type { FeedEvent } from './types';

const KINDS = new Set(['pool', 'requests', 'memory', 'downloads', 'servers', 'people']);

/** The state of each kind, then what changes. Ends when the connection does. Raises ApiError. */
export async function* feedEvents(signal: AbortSignal): AsyncGenerator<FeedEvent, void, void> {
  const response = await open('/api/events', signal);
  if (!response.body) return;
  for await (const { event, data } of readEvents(response.body)) {
    if (KINDS.has(event)) yield JSON.parse(data) as FeedEvent;
  }
}

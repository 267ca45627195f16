/** /api/models/probe: a model of this machine is run, and what it could do is told. */
import { client, unwrap } from './client';
import { readEvents } from './sse';
import type { ProbeEvent } from './types';

const KINDS = new Set(['check', 'done']);

/** Each check as it ends, then what is kept. Ending the signal ends the probe. Raises ApiError. */
export async function* probeModel(
  id: string,
  signal: AbortSignal,
): AsyncGenerator<ProbeEvent, void, void> {
  const params = { path: { model_id: id } };
  const body = await unwrap(
    client.POST('/api/models/probe/{model_id}', { params, parseAs: 'stream', signal }),
  );
  for await (const { event, data } of readEvents(body)) {
    if (KINDS.has(event)) yield JSON.parse(data) as ProbeEvent;
  }
}

/** /health: the machine's truth in one object. */
import { client, unwrap } from './client';
import type { Health } from './types';

export function getHealth(): Promise<Health> {
  return unwrap(client.GET('/health'));
}

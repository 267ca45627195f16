/** /health: the machine's truth in one object. */
import { getJson } from './client';
import type { Health } from './types';

export function getHealth(signal?: AbortSignal): Promise<Health> {
  return getJson<Health>('/health', signal);
}

/** /api/chat/search: finding what was said. */
import { client, unwrap } from './client';
import type { SearchHitPage } from './types';

/** Messages and titles with all the words of `q` (1 to 500 characters), the best first. */
export function searchChats(
  q: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<SearchHitPage> {
  const query = { q, limit: 20, cursor };
  return unwrap(client.GET('/api/chat/search', { params: { query }, signal }));
}

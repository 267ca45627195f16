/** /api/usage: sums of tokens, requests and time by day, person, key or model. */
import { client, unwrap } from './client';
import type { UsagePage, UsageRow } from './types';

export type UsageGroup = 'day' | 'user' | 'key' | 'model';

export interface UsageQuery {
  by: UsageGroup;
  /** First and last day (UTC), both meant: "2026-01-02". */
  since: string;
  until: string;
  /** Everybody's, for administrators. */
  all: boolean;
  user_id?: string;
  key_id?: string;
  model?: string;
}

const MOST_PAGES = 10;

/** All groups of a period (up to 2,000) and their total. Raises ApiError `administrators_only`. */
export async function readUsage(query: UsageQuery): Promise<UsagePage> {
  const items: UsageRow[] = [];
  let page = await read(query);
  items.push(...page.items);
  for (let pages = 1; page.next_cursor !== null && pages < MOST_PAGES; pages++) {
    page = await read(query, page.next_cursor);
    items.push(...page.items);
  }
  return { ...page, items };
}

function read(query: UsageQuery, cursor?: string): Promise<UsagePage> {
  return unwrap(client.GET('/api/usage', { params: { query: { ...query, limit: 200, cursor } } }));
}

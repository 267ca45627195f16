/** Folders and places found as the manager sends them, with what a test cares about put in. */
import type { Folder, SearchHit } from '$lib/api/types';

const MOMENT = '2026-01-02T03:04:05Z';

export function aFolder(change: Partial<Folder> = {}): Folder {
  return { id: 'work', name: 'Work', created_at: MOMENT, ...change };
}

export function aHit(change: Partial<SearchHit> = {}): SearchHit {
  return {
    conversation_id: 'conversation-1',
    title: 'First',
    message_id: 'message-1',
    role: 'user',
    created_at: MOMENT,
    snippet: [
      { text: 'the ', is_match: false },
      { text: 'cache', is_match: true },
    ],
    ...change,
  };
}

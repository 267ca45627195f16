/** Words of the search within one chat. */
export const find = {
  title: 'Find in this chat',
  previous: 'Message before (Shift+Enter)',
  next: 'Next message (Enter)',
  close: 'Close the search (Esc)',
  none: 'Not in this chat',
  looking: 'Looking',
  of: (place: number, count: number) => `${place} of ${count}`,
  ofSoFar: (place: number, count: number) => `${place} of ${count} so far`,
} as const;

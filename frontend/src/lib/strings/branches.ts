/** Words about other versions of a message. */
export const branches = {
  label: (place: number, all: number) => `Version ${place} of ${all}`,
  shown: (place: number, all: number) => `${place} / ${all}`,
  previous: 'Previous version',
  next: 'Next version',
  edit: 'Edit message',
  editLabel: 'Edited message',
  sendEdit: 'Send as a new version',
  keep: 'Keep as it was',
  again: 'Another reply',
  loadingOlder: 'Fetching earlier messages',
  olderFailed: 'Earlier messages did not come. Fetch them again',
} as const;

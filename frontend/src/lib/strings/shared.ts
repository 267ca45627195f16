/** Words that every page uses. */
export const shared = {
  loading: 'Loading',
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  dismiss: 'Dismiss',
  more: 'Show more',
  copied: 'Copied',
  shown: (count: string) => `${count} shown`,
  failedTitle: 'This could not be loaded',
  offlineTitle: 'The manager does not answer',
  offlineText: 'It may be stopped or restarting. This page fills in by itself when it is back.',
  staleTitle: 'This may be out of date',
  refusedTitle: 'This is for administrators',
  notifications: 'Notifications',
  clear: 'Clear',
} as const;

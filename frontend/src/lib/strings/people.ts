/** Words of the pages about people and one's own account. */
export const people = {
  title: 'People',
  text: 'Who may use this server.',
  tabs: 'People, keys and account',
  tabPeople: 'Everybody',
  tabKeys: 'API keys',
  tabAccount: 'My account',
  pending: (count: number) =>
    count === 1 ? '1 account waits for approval' : `${count} accounts wait for approval`,
  waiting: (count: number) => `${count} waiting`,

  waitingTitle: 'Waiting for approval',
  asked: 'Asked',
  approve: 'Approve',
  approveOf: (email: string) => `Approve ${email}`,
  refuse: 'Refuse',
  refuseOf: (email: string) => `Refuse ${email}`,
  refuseTitle: (email: string) => `Refuse ${email}?`,
  refuseText: 'The request is deleted. The same address may ask again.',
  approved: (email: string) => `${email} can log in now.`,

  listTitle: 'Accounts',
  email: 'E-mail address',
  role: 'Role',
  status: 'Status',
  joined: 'Joined',
  actions: 'Actions',
  actionsOf: (email: string) => `Actions for ${email}`,
  you: 'you',
  localOnly: 'Stays here',
  localOnlyText: 'What they ask is never sent to another server',
  roles: { admin: 'Administrator', member: 'Member' },
  states: { pending: 'Waiting', approved: 'Active', disabled: 'Disabled' },
  promote: 'Make administrator',
  demote: 'Make member',
  disable: 'Disable',
  enable: 'Enable again',
  reset: 'Set a new password',
  remove: 'Delete account',
  lastAdministrator:
    'The only administrator: make somebody else one before you demote, disable or delete this account.',
  disableTitle: (email: string) => `Disable ${email}?`,
  disableText:
    'They are logged out everywhere, replies under way stop and their API keys are refused. Nothing is deleted; everything works again when you enable the account.',
  removeTitle: (email: string) => `Delete ${email} for good?`,
  removeText: (conversations: number, keys: number) =>
    `With the account go ${plural(conversations, 'conversation')} and ${plural(keys, 'API key')}. This cannot be undone. To keep them, disable the account instead.`,
  removed: (email: string) => `${email} is deleted.`,
  demoteSelfTitle: 'Give up being an administrator?',
  demoteSelfText: 'You will no longer see people, the audit and the settings.',

  resetTitle: 'Set a new password',
  resetText: (email: string) =>
    `For ${email}. They are logged out everywhere and log in with the new password; their API keys go on.`,
  newPassword: 'New password',
  passwordRule: 'At least 12 characters.',
  resetAction: 'Set password',
  resetDone: (email: string) => `${email} has a new password. Tell it to them in person.`,
  alone: 'Nobody else yet',
  aloneText:
    'Give others the address of this server. They ask for an account there, and it appears here for you to approve.',
  copyAddress: 'Copy the address',
} as const;

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/** Words of the hub's token, among the settings. */
export const hubToken = {
  title: 'Model hub',
  text: 'A token of huggingface.co is for models whose owners ask for consent, and raises the limits of the hub. One that may only read is enough.',
  label: 'Token of the hub',
  hint: 'It begins with hf_. Searches and downloads use it at once.',
  state: 'Token',
  states: {
    none: 'None saved',
    saved: 'Saved',
    environment: 'From the environment',
  },
  noneText:
    'Where the account that runs the server is logged in at the hub (hf auth login), that is used.',
  savedText: 'It is kept encrypted and never shown again. A new one takes its place.',
  environmentText: (variable: string) => `Fixed by ${variable} in the environment.`,
  savedAt: 'Saved',
  unread: 'The saved token is not used',
  missing: 'Give the token.',
  spaces: 'A token has no spaces in it. Was all of it copied, and nothing else?',
  save: 'Save token',
  replace: 'Replace token',
  saving: 'Saving',
  remove: 'Delete token',
  removeTitle: 'Delete the token of the hub?',
  removeText: 'Models that need consent can then not be downloaded. Those that are here stay.',
  saved: 'The token is saved. The hub sees it from now on.',
  removed: 'The token is deleted.',
} as const;

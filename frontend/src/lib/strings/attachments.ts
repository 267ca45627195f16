/** Words about the files that come with a message. */
export const attachments = {
  add: 'Attach text files',
  label: 'Files for this message',
  remove: (name: string) => `Remove ${name}`,
  uploading: 'Uploading',
  drop: 'Drop text files to attach them',
  tooLarge: (name: string) => `${name} is larger than 1 MB. Attach the part that matters.`,
  tooMany: (most: number) => `A message takes ${most} files. Send these first.`,
  notText: (name: string) => `${name} is not a text file. Only text can be given to a model here.`,
} as const;

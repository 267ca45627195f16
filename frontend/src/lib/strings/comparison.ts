/** Words about two replies side by side. */
export const comparison = {
  label: 'Compare with',
  offer: 'Compare',
  none: 'No second model',
  against: (model: string) => `and ${model}`,
  region: 'Two replies to one question',
  first: 'First reply',
  second: 'Second reply',
  stop: (model: string) => `Stop ${model}`,
  choose: (model: string) => `Go on with ${model}`,
} as const;

/** Words about code that is a diagram. */
export const diagrams = {
  view: 'Diagram or code',
  diagram: 'Diagram',
  code: 'Code',
  unavailable: 'What draws diagrams could not be loaded. Try again in a moment.',
} as const;

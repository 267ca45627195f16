// Where the manager is and what the suites ask it.
export const url = process.env.MANAGER_URL;
export const apiKey = process.env.MANAGER_KEY;
export const model = process.env.MANAGER_MODEL;
export const question = 'How do I stop the server?';

// Bounded, so that any model comes to its end.
export const citySchema = {
  type: 'object',
  properties: {
    city: { type: 'string', maxLength: 12 },
    kind: { type: 'string', enum: ['capital', 'port'] },
  },
  required: ['city', 'kind'],
  additionalProperties: false,
};

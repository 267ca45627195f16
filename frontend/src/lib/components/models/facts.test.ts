import { expect, it } from 'vitest';
import { capabilitiesOf, contextName, factLine, quantizationName } from './facts';

it('says what is known and leaves out the rest', () => {
  const line = factLine('qwen3', quantizationName({ bits: 4, group_size: 64, mode: null }), null);
  expect(line).toBe('qwen3 · 4-bit');
  expect(quantizationName(null)).toBeNull();
  expect(contextName(32768)).toBe('32\u202f768 tokens of context');
  expect(contextName(null)).toBeNull();
});

it('names what a model can do, the most asked for first', () => {
  const none = {
    context_length: 8,
    chat: false,
    tools: false,
    reasoning: false,
    embeddings: false,
    rerank: false,
    vision: false,
    draft: false,
  };
  expect(capabilitiesOf({ ...none, embeddings: true, chat: true })).toEqual(['chat', 'embeddings']);
  expect(capabilitiesOf(null)).toEqual([]);
});

import { expect, it } from 'vitest';
import type { Capabilities, ProbeCheck } from '$lib/api/types';
import { outcomeFor, probeRows } from './probe-rows';

const NOTHING: Capabilities = {
  context_length: 8,
  chat: false,
  tools: false,
  reasoning: false,
  embeddings: false,
  rerank: false,
  vision: false,
  draft: false,
};
const check = (name: ProbeCheck['name'], passed: boolean): ProbeCheck => ({
  name,
  passed,
  detail: 'It said: red.',
  seconds: 0.5,
});

it('puts what was promised beside what was done', () => {
  const can = { ...NOTHING, chat: true, tools: true };
  const rows = probeRows(can, [check('text', true), check('tools', false)]);
  expect(rows.map(({ name, promised, outcome }) => [name, promised, outcome])).toEqual([
    ['text', true, 'passed'],
    ['schema', true, 'untried'],
    ['tools', true, 'failed'],
  ]);
});

it('shows a trial of something that nobody promised', () => {
  expect(probeRows(null, [check('files', false)])).toEqual([
    { name: 'files', promised: false, outcome: 'failed', check: check('files', false) },
  ]);
  expect(probeRows(null, [])).toEqual([]);
});

it('promises no text of a model that gives vectors or ranks', () => {
  const names = (can: Capabilities) => probeRows(can, []).map(({ name }) => name);
  expect(names({ ...NOTHING, embeddings: true })).toEqual(['embeddings']);
  expect(names({ ...NOTHING, rerank: true, chat: true })).toEqual(['rerank']);
  expect(names(NOTHING)).toEqual(['text']);
});

it('says of a capability whether it held', () => {
  const checks = [check('text', true), check('reasoning', false)];
  expect(outcomeFor('chat', checks)).toBe('passed');
  expect(outcomeFor('reasoning', checks)).toBe('failed');
  expect(outcomeFor('tools', checks)).toBe('untried');
  // Nothing tries whether it sees.
  expect(outcomeFor('vision', checks)).toBe('untried');
});

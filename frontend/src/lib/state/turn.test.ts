import { describe, expect, it } from 'vitest';
import { aMessage, aPlaced } from '$lib/testing/messages';
import { branchAfter, words, wordsOf } from './turn';

const question = aPlaced({ id: 'q1', role: 'user', content: 'One?', versions: ['q0', 'q1'] });
const answer = aPlaced({ id: 'a1', status: 'complete' });
const later = aPlaced({ id: 'q2', role: 'user' });
const branch = [question, answer, later];
const reply = aMessage({ id: 'new' });
const said = aMessage({ id: 'said', role: 'user' });

const shape = (messages: { id: string; versions: string[] }[]) =>
  messages.map(({ id, versions }) => `${id}: ${versions.join(' ')}`);

describe('the branch after a turn', () => {
  it('is longer by what was said and the reply, each the only one in its place', () => {
    const after = branchAfter(branch, words('More'), { said: [said], reply });
    expect(after.slice(0, 3)).toEqual(branch);
    expect(shape(after.slice(3))).toEqual(['said: said', 'new: new']);
  });

  it('ends before a question that was edited, whose versions the new one joins', () => {
    const after = branchAfter(branch, words('One!', [], question), { said: [said], reply });
    expect(shape(after)).toEqual(['said: q0 q1 said', 'new: new']);
  });

  it('keeps the question when there is another reply to it', () => {
    const after = branchAfter(branch, { kind: 'again', of: answer }, { said: [], reply });
    expect(shape(after)).toEqual(['q1: q0 q1', 'new: a1 new']);
  });

  it('goes on from a question that has no reply yet', () => {
    const after = branchAfter(branch, { kind: 'again', of: later }, { said: [], reply });
    expect(shape(after.slice(2))).toEqual(['q2: q2', 'new: new']);
  });
});

it('tells what a person wrote', () => {
  expect(wordsOf(words('Hi'))).toBe('Hi');
  const results = [
    { tool_call_id: 'a', content: '1' },
    { tool_call_id: 'b', content: '2' },
  ];
  expect(wordsOf({ kind: 'results', results })).toBe('1\n2');
  expect(wordsOf({ kind: 'again', of: answer })).toBe('');
});

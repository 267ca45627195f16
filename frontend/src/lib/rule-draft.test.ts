import { describe, expect, it } from 'vitest';
import {
  draftOfRule,
  emptyRule,
  fieldsOf,
  fieldsOfRule,
  hasProblem,
  mayEndHere,
  ruleProblems,
  type RuleDraft,
} from './rule-draft';
import { aRule } from './testing/routing';

const good = (change: Partial<RuleDraft> = {}): RuleDraft => ({
  ...emptyRule('provider-1'),
  name: 'Away',
  ...change,
});

describe("a rule's form", () => {
  it('makes the request that was meant', () => {
    const draft = good({
      name: ' Away ',
      model: ' gpt-* ',
      when: 'unavailable',
      userIds: ['user-1'],
      promptFrom: '8 000',
      waitingFrom: '3',
      targets: [{ providerId: 'provider-1', model: ' big-* ' }],
      thenHere: true,
    });
    expect(hasProblem(ruleProblems(draft))).toBe(false);
    expect(fieldsOf(draft)).toEqual({
      name: 'Away',
      is_enabled: true,
      model: 'gpt-*',
      when: 'unavailable',
      user_ids: ['user-1'],
      key_ids: null,
      prompt_tokens_from: 8000,
      prompt_tokens_below: null,
      waiting_from: 3,
      targets: [{ provider_id: 'provider-1', model: 'big-*' }],
      then_here: true,
    });
  });

  it('gives back a rule as it was', () => {
    const rule = aRule({
      when: 'busy',
      waiting_from: 2,
      key_ids: ['key-1'],
      prompt_tokens_below: 10,
    });
    expect({ ...rule, ...fieldsOfRule(rule) }).toEqual(rule);
    expect(fieldsOf(draftOfRule(rule))).not.toHaveProperty('id');
  });

  it('leaves out what the condition has no use for', () => {
    const fields = fieldsOf(good({ when: 'absent', waitingFrom: '5', thenHere: true }));
    expect(fields.waiting_from).toBeNull();
    expect(fields.then_here).toBe(false);
    expect(mayEndHere(good({ when: 'busy', waitingFrom: '5' }))).toBe(true);
  });
});

describe('what is wrong with a rule', () => {
  it.each<[Partial<RuleDraft>, keyof RuleDraft, RegExp]>([
    [{ name: ' ' }, 'name', /name/],
    [{ model: '' }, 'model', /every model/],
    [{ promptFrom: 'many' }, 'promptFrom', /whole number/],
    [{ promptBelow: '1.5' }, 'promptBelow', /whole number/],
    [{ promptFrom: '10', promptBelow: '10' }, 'promptBelow', /fits no prompt/],
    [{ promptBelow: '0' }, 'promptBelow', /fits no prompt/],
    [{ when: 'busy', waitingFrom: '0' }, 'waitingFrom', /1 or more/],
  ])('%j', (change, field, expected) => {
    const problems = ruleProblems(good(change));
    expect(problems[field]).toMatch(expected);
    expect(hasProblem(problems)).toBe(true);
  });

  it('is said at the target that it is about', () => {
    const targets = [
      { providerId: 'provider-1', model: 'x-*' },
      { providerId: '', model: '' },
    ];
    const { each } = ruleProblems(good({ model: 'gpt', targets }));
    expect(each[0]).toMatch(/exactly one \*/);
    expect(each[1]).toMatch(/Choose a provider/);
    expect(ruleProblems(good({ model: 'a*b*', targets })).each[0]).toMatch(/exactly one/);
    expect(ruleProblems(good({ model: 'gpt-*', targets })).each[0]).toBeUndefined();
  });

  it('is nothing where a number is not used', () => {
    expect(hasProblem(ruleProblems(good({ when: 'always', waitingFrom: 'x' })))).toBe(false);
  });
});

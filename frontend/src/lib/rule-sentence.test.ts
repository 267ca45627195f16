import { describe, expect, it } from 'vitest';
import type { RoutingRule } from '$lib/api/types';
import { endsHere, placesOf, sentenceOf, type RuleNames } from './rule-sentence';
import { aRule } from './testing/routing';

const table = (names: Record<string, string>) => (id: string) => names[id] ?? null;
const NAMES: RuleNames = {
  provider: table({ 'provider-1': 'Cloud', 'provider-2': 'Studio' }),
  person: table({ 'user-1': 'ada@example.org', 'user-2': 'bob@example.org' }),
  key: table({ 'key-1': 'Editor' }),
};
const CLOUD = { provider_id: 'provider-1', model: null };
const STUDIO = { provider_id: 'provider-2', model: 'big/*' };

describe('a rule in a sentence', () => {
  it.each<[Partial<RoutingRule>, string]>([
    [
      {},
      'Requests for any model are answered here, and where the model is not on this machine, by Cloud.',
    ],
    [
      { model: 'gpt-*', when: 'always', targets: [CLOUD, STUDIO], then_here: true },
      'Requests for gpt-* are answered by Cloud, or else Studio as big/*, or else here.',
    ],
    [
      { when: 'busy', waiting_from: 4, prompt_tokens_from: 8000 },
      'Requests for any model with prompts of 8\u202f000 tokens or more are answered here, and while this machine has no room for them or 4 requests wait, by Cloud.',
    ],
    [
      { when: 'always', user_ids: ['user-1', 'user-2'], prompt_tokens_below: 500 },
      'Requests for any model from ada@example.org or bob@example.org with prompts of less than 500 tokens are answered by Cloud.',
    ],
    [
      {
        when: 'always',
        key_ids: ['key-1', 'key-9'],
        prompt_tokens_from: 10,
        prompt_tokens_below: 20,
        targets: [{ provider_id: 'provider-9', model: null }],
      },
      'Requests for any model by the key Editor or a revoked key with prompts of 10 to less than 20 tokens are answered by a deleted provider.',
    ],
  ])('%j', (change, expected) => {
    expect(sentenceOf(aRule(change), NAMES)).toBe(expected);
  });

  it('promises no answer here at the end where this machine was asked first', () => {
    expect(endsHere(aRule({ when: 'absent', then_here: true }))).toBe(false);
    expect(endsHere(aRule({ when: 'busy', then_here: true, waiting_from: 2 }))).toBe(true);
  });
});

describe('the places of a rule', () => {
  const ids = (change: Partial<RoutingRule>) =>
    placesOf(aRule({ targets: [CLOUD, STUDIO], ...change })).map((step) => step.provider_id);

  it.each<[Partial<RoutingRule>, (string | null)[]]>([
    [{ when: 'absent' }, [null, 'provider-1', 'provider-2']],
    [{ when: 'always' }, ['provider-1', 'provider-2']],
    [{ when: 'always', then_here: true }, ['provider-1', 'provider-2', null]],
  ])('%j', (change, expected) => {
    expect(ids(change)).toEqual(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { allows, draftOf, draftProblems, emptyDraft, requestOf } from './key-draft';
import { aKey } from './testing/accounts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe("a key's form", () => {
  it('makes the request that was meant', () => {
    const draft = {
      ...emptyDraft(),
      name: ' Editor ',
      expiry: '7',
      models: 'a/one\n\n b/* ',
      requestsPerMinute: '60',
      tokensPerDay: '100 000',
    };
    expect(draftProblems(draft)).toEqual({});
    expect(requestOf(draft, NOW)).toEqual({
      name: 'Editor',
      expires_at: '2026-01-08T00:00:00.000Z',
      allowed_models: ['a/one', 'b/*'],
      requests_per_minute: 60,
      tokens_per_day: 100_000,
      priority: 'normal',
    });
  });

  it('takes limits away with null, and leaves an expiry as it is', () => {
    const key = aKey({ expires_at: '2026-03-01T00:00:00Z', requests_per_minute: 5 });
    const request = requestOf({ ...draftOf(key), requestsPerMinute: '' }, NOW);
    expect(request.requests_per_minute).toBeNull();
    expect('expires_at' in request).toBe(false);
    expect(requestOf({ ...draftOf(key), expiry: 'never' }, NOW).expires_at).toBeNull();
  });

  it.each(['0', '-1', '1.5', 'many'])('refuses %s as a limit', (text) => {
    const problems = draftProblems({ ...emptyDraft(), name: 'x', tokensPerDay: text });
    expect(problems.tokensPerDay).toMatch(/whole number/);
  });

  it('wants a name', () => {
    expect(draftProblems(emptyDraft()).name).toMatch(/name/);
  });
});

describe('allowed models', () => {
  it.each([
    [null, 'any/thing', true],
    [['a/one'], 'a/one', true],
    [['a/one'], 'a/one-b', false],
    [['mlx-community/*'], 'mlx-community/Qwen3-4B', true],
    [['a.b'], 'aXb', false],
    [['*guide'], 'mlx-manager/guide', true],
  ] as const)('%j and %s: %s', (patterns, model, expected) => {
    expect(allows(patterns, model)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import type { HubModel } from '$lib/api/types';
import { aFit, aHubModel } from '$lib/testing/models';
import { pickThree } from './model-picks';

const GB = 1e9;

function of(id: string, gigabytes: number, change: Partial<HubModel> = {}): HubModel {
  return aHubModel({
    id: `org/${id}`,
    downloads: 100,
    fit: aFit({ needed_bytes: gigabytes * GB, budget_bytes: 24 * GB }),
    ...change,
  });
}

const picked = (models: HubModel[]) =>
  Object.fromEntries(pickThree(models).map(({ role, model }) => [role, model.id.slice(4)]));

describe('the three models for a machine', () => {
  it('are a small one, one in the middle, and the largest with room to spare', () => {
    const models = [
      of('tiny', 0.6, { downloads: 10 }),
      of('small', 2.2, { downloads: 900 }),
      of('middle', 6, { downloads: 300 }),
      of('middle-too', 8, { downloads: 20 }),
      of('large', 17, { downloads: 50 }),
      of('large-known', 15, { downloads: 500 }),
    ];
    expect(picked(models)).toEqual({ small: 'small', balanced: 'middle', large: 'large-known' });
  });

  it('are none that is too large, tight, gated, not supported or made for something else', () => {
    const models = [
      of('good', 2),
      of('giant', 90, { fit: aFit({ verdict: 'too_large', needed_bytes: 90 * GB }) }),
      of('tight', 23, { fit: aFit({ verdict: 'tight', needed_bytes: 23 * GB }) }),
      of('unknown', 1, { fit: aFit({ verdict: 'unknown', needed_bytes: null }) }),
      of('gated', 4, { gated: true }),
      of('strange', 4, { unsupported: 'mlx-lm has no dodo.' }),
      of('embedder', 1, { tags: ['mlx', 'sentence-similarity'] }),
    ];
    expect(picked(models)).toEqual({ small: 'good' });
  });

  it('are models that answer, where there are enough of them', () => {
    const base = of('base', 2, { downloads: 9999 });
    const three = [of('a-Instruct', 2), of('b-it', 6), of('c', 15, { tags: ['conversational'] })];
    expect(picked([base, ...three])).toEqual({ small: 'a-Instruct', balanced: 'b-it', large: 'c' });
    expect(picked([base, of('c-chat', 15)])).toEqual({ small: 'base', large: 'c-chat' });
  });

  it('are fewer where there are fewer, and none of nothing', () => {
    expect(picked([of('one', 2), of('two', 9)])).toEqual({ small: 'one', large: 'two' });
    expect(picked([])).toEqual({});
    const equal = [of('a', 0.02), of('b', 0.02), of('c', 0.02)];
    expect(new Set(Object.values(picked(equal))).size).toBe(3);
  });
});

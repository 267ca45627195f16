import { describe, expect, it } from 'vitest';
import {
  createOf,
  draftOfProvider,
  emptyProvider,
  losesKey,
  providerProblems,
  updateOf,
} from './provider-draft';
import { aProvider } from './testing/routing';

describe("a provider's form", () => {
  it('makes the request that was meant', () => {
    const draft = {
      ...emptyProvider(),
      name: ' Studio ',
      baseUrl: ' http://studio.local:8080/v1 ',
      key: 'mlx-1',
      models: 'a/one\n\nb/two, a/one',
    };
    expect(providerProblems(draft)).toEqual({});
    expect(createOf(draft)).toEqual({
      name: 'Studio',
      kind: 'openai',
      base_url: 'http://studio.local:8080/v1',
      key: 'mlx-1',
      models: ['a/one', 'b/two'],
      connect_seconds: 5,
      first_seconds: 120,
      stall_seconds: 60,
    });
  });

  it('keeps the key unless another is typed or it is to be forgotten', () => {
    const draft = draftOfProvider(aProvider());
    expect('key' in updateOf(draft)).toBe(false);
    expect('key' in createOf(emptyProvider())).toBe(false);
    expect(updateOf({ ...draft, key: 'new' }).key).toBe('new');
    expect(updateOf({ ...draft, forgetKey: true }).key).toBeNull();
    expect(updateOf({ ...draft, key: 'typed before', forgetKey: true }).key).toBeNull();
  });

  it('knows when another address forgets the key', () => {
    const before = aProvider();
    const draft = draftOfProvider(before);
    expect(losesKey({ ...draft, baseUrl: `${before.base_url}/` }, before)).toBe(false);
    expect(losesKey({ ...draft, baseUrl: 'https://other.example.org' }, before)).toBe(true);
    expect(losesKey({ ...draft, baseUrl: 'https://other', key: 'x' }, before)).toBe(false);
    expect(losesKey({ ...draft, baseUrl: 'https://other' }, aProvider({ has_key: false }))).toBe(
      false,
    );
  });

  it.each([
    ['name', { name: ' ' }],
    ['baseUrl', { baseUrl: 'cloud.example.org' }],
    ['baseUrl', { baseUrl: 'ftp://cloud' }],
    ['firstSeconds', { firstSeconds: '0' }],
    ['stallSeconds', { stallSeconds: 'soon' }],
  ] as const)('refuses %s: %j', (field, change) => {
    const draft = { ...draftOfProvider(aProvider()), ...change };
    expect(Object.keys(providerProblems(draft))).toEqual([field]);
  });
});

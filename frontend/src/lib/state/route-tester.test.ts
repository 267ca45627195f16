import { beforeEach, describe, expect, it } from 'vitest';
import type { RouteQuestion } from '$lib/api/types';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { RouteTester } from './route-tester.svelte';

let tester: RouteTester;

beforeEach(() => {
  manager.on('POST /api/routing/test', (reply, asked) => {
    const { model } = asked.body as RouteQuestion;
    const steps = [{ provider_id: null, provider: null, model, skipped: null }];
    json(200, { rule_id: null, rule: null, reason: 'No rule fits.', steps })(reply, asked);
  });
  tester = new RouteTester();
  tester.model = ' gpt ';
});

describe('the question where a request would go', () => {
  it.each([
    ['', { model: 'gpt', prompt_tokens: 0 }],
    ['user:u-1', { model: 'gpt', prompt_tokens: 0, user_id: 'u-1' }],
    ['key:k-1', { model: 'gpt', prompt_tokens: 0, key_id: 'k-1' }],
  ])('names its caller: %j', async (caller, expected) => {
    tester.caller = caller;
    await tester.ask(0);
    expect(manager.asked.at(-1)?.body).toEqual(expected);
    expect(tester.answer?.reason).toBe('No rule fits.');
  });

  it('shows no answer to another question', async () => {
    const first = tester.ask(1);
    tester.model = 'other';
    tester.reset();
    await first;
    expect(tester.answer).toBeNull();
    await Promise.all([tester.ask(2), tester.ask(3)]);
    expect(tester.answer?.steps[0]?.model).toBe('other');
    expect(tester.asking).toBe(false);
  });

  it('says why there is no answer', async () => {
    await tester.ask(0);
    manager.on('POST /api/routing/test', json(404, { detail: 'No such key.', code: 'not_found' }));
    await tester.ask(0);
    expect(tester.error?.message).toBe('No such key.');
    expect(tester.answer).toBeNull();
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { confirmation } from '$lib/state/confirmation.svelte';
import { aServer } from '$lib/testing/profiles';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { order } from './order';

const STOP = 'POST /api/servers/profile-1/stop';
const answering = aServer({ placement: 'process', state: 'running', requests: 2 });

beforeEach(() => manager.on(STOP, json(200, aServer())));

describe('an order to a profile', () => {
  it('asks before it ends answers of a process', async () => {
    const refused = order(answering, 'stop');
    expect(confirmation.question?.text).toContain('2 answers');
    confirmation.answer(false);
    expect(await refused).toBe(false);
    expect(manager.asked).toEqual([]);
    const agreed = order(answering, 'stop');
    confirmation.answer(true);
    expect(await agreed).toBe(true);
  });

  it('does not ask where nobody loses anything, or the manager refuses by itself', async () => {
    expect(await order({ ...answering, requests: 0 }, 'stop')).toBe(true);
    expect(await order({ ...answering, placement: 'embedded' }, 'stop')).toBe(true);
    expect(confirmation.question).toBeNull();
  });
});

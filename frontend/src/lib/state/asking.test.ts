import { describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api/errors';
import { Gate } from '$lib/testing/gate';
import { Asking } from './asking.svelte';

const down = () => Promise.reject(new ApiError('Down.', 503, 'x'));

describe('a question', () => {
  it('is overtaken by a later one, whichever is answered first', async () => {
    const asking = new Asking();
    const gate = new Gate();
    const taken: string[] = [];
    let isAborted = false;
    const early = asking.ask(
      async (signal) => {
        signal.onabort = () => (isAborted = true);
        await gate.opened;
        return 'early';
      },
      (answer) => taken.push(answer),
    );
    await asking.ask(
      () => Promise.resolve('late'),
      (answer) => taken.push(answer),
    );
    gate.open();
    await early;
    expect([taken, isAborted, asking.loading]).toEqual([['late'], true, false]);
  });

  it('says why it was not answered, until it is', async () => {
    const asking = new Asking();
    await asking.ask(down, () => undefined);
    expect([asking.error?.message, asking.loading]).toEqual(['Down.', false]);
    await asking.ask(
      () => Promise.resolve(1),
      () => undefined,
    );
    expect(asking.error).toBeNull();
  });

  it('that was dropped has no answer and no failure', async () => {
    const asking = new Asking();
    const gate = new Gate();
    const asked = asking.ask(
      () => gate.opened.then(down),
      () => undefined,
    );
    asking.drop();
    gate.open();
    await asked;
    expect([asking.error, asking.loading]).toEqual([null, false]);
  });
});

import { expect, it } from 'vitest';
import { Confirmation } from './confirmation.svelte';

const question = { title: 'Delete?', text: 'It goes.', action: 'Delete' };

it('asks one question at a time: an overtaken one is a no', async () => {
  const confirmation = new Confirmation();
  const first = confirmation.ask(question);
  const second = confirmation.ask({ ...question, title: 'Cancel?' });
  expect(await first).toBe(false);
  expect(confirmation.question?.title).toBe('Cancel?');
  confirmation.answer(true);
  expect(await second).toBe(true);
  expect(confirmation.question).toBeNull();
});

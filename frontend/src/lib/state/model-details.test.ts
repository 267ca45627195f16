import { beforeEach, expect, it } from 'vitest';
import { aLocalModel } from '$lib/testing/models';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { ModelDetails } from './model-details.svelte';

const CARD = 'GET /api/models/card/org%2Fone';
let details: ModelDetails;
beforeEach(() => (details = new ModelDetails()));

it('shows the model at once and its card when that has come', async () => {
  manager.on(CARD, json(200, { id: 'org/one', source: 'hub', markdown: '# One' }));
  const opened = details.open(aLocalModel());
  expect([details.model?.id, details.card]).toEqual(['org/one', null]);
  await opened;
  expect(details.card?.markdown).toBe('# One');
});

it('says why there is no card, and asks again', async () => {
  manager.on(CARD, json(504, { detail: 'Slow.', code: 'hub_slow' }));
  await details.open(aLocalModel());
  expect(details.error?.message).toBe('Slow.');
  manager.on(CARD, json(200, { id: 'org/one', source: 'hub', markdown: null }));
  await details.again();
  expect([details.error, details.card?.id]).toEqual([null, 'org/one']);
});

it('drops the card of a model that is no longer in front', async () => {
  manager.on(CARD, json(200, { id: 'org/one', source: 'hub', markdown: '# One' }));
  const opened = details.open(aLocalModel());
  details.close();
  await opened;
  expect(details.card).toBeNull();
});

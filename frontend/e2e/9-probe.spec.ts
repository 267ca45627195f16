import type { Page } from '@playwright/test';
import { ENDLESS, expect, look, test } from './fixtures';
import { approvedPerson, lookEverywhere, openPlace } from './places';

const GUIDE = 'mlx-manager/guide';

/** The details stand beside the list, or over it. */
const details = (page: Page, model: string) => page.getByLabel(`Details of ${model}`).last();
const trial = (page: Page, model: string) =>
  details(page, model).getByRole('region', { name: 'What it can do' });

test.slow();

test('a model is tried: what its files promise beside what it did', async ({ page }) => {
  test.setTimeout(240_000);
  await openPlace(page, '/models', 'Models');
  await page.getByRole('button', { name: `Details of ${GUIDE}` }).click();
  const shown = trial(page, GUIDE);
  await expect(shown).toContainText('Writes text');
  await expect(shown).toContainText('Promised');
  await shown.getByRole('button', { name: `Try what ${GUIDE} can do` }).click();
  await expect(shown.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(shown).toContainText(/Tried\s+now/, { timeout: 120_000 });
  await expect(shown.getByRole('listitem').filter({ hasText: 'Writes text' })).toContainText(
    /It did in .*It said:/s,
  );
  await expect(shown).toContainText(/Writes\s*[\d.]+ tokens\/s/);
  await expect(shown.getByRole('button', { name: `Try what ${GUIDE} can do` })).toHaveText(
    'Try again',
  );
  await look(page, 'models-probe');
  await details(page, GUIDE).getByRole('button', { name: 'Close' }).click();

  // What came of it stays, and marks the model in the list.
  await page.reload();
  const row = page
    .getByRole('list', { name: 'The models on this machine' })
    .getByRole('listitem')
    .filter({ hasText: 'guide' });
  await expect(row.getByTitle('Chat: it did, when it was tried here')).toBeVisible();
  await lookEverywhere(page, 'models-tried');
});

test('a trial is stopped, and nothing is blamed for it', async ({ page }) => {
  await openPlace(page, '/models', 'Models');
  await page.getByRole('button', { name: `Details of ${ENDLESS.model}` }).click();
  const shown = trial(page, ENDLESS.model);
  await shown.getByRole('button', { name: /^Try what/ }).click();
  await shown.getByRole('button', { name: 'Stop' }).click();
  await expect(shown.getByRole('button', { name: /^Try what/ })).toBeEnabled();
  await expect(shown.getByRole('alert')).toHaveCount(0);
});

test('somebody who is no administrator reads what was found and starts nothing', async ({
  page,
}) => {
  const person = await approvedPerson(page.request, 'radia@example.org');
  await openPlace(page, '/models', 'Models', person);
  await page.getByRole('button', { name: `Details of ${GUIDE}` }).click();
  await expect(trial(page, GUIDE)).toContainText('Writes text');
  await expect(trial(page, GUIDE).getByRole('button')).toHaveCount(0);
});

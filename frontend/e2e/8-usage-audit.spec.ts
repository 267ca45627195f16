import { readFileSync } from 'node:fs';
import type { APIRequestContext } from '@playwright/test';
import { expect, look, test } from './fixtures';
import { approvedPerson, asAdmin, lookEverywhere, openPlace, row } from './places';

async function ask(request: APIRequestContext, model: string) {
  const messages = [{ role: 'user', content: 'Do I need an API key?' }];
  return request.post('/v1/chat/completions', {
    data: { model, messages, max_tokens: 40 },
    headers: await asAdmin(request),
  });
}

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

test('usage is drawn, split and copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  expect((await ask(page.request, 'mlx-manager/guide')).ok()).toBe(true);
  await openPlace(page, '/usage', 'Usage');
  const charts = page.getByRole('img', { name: /The table below has the numbers/ });
  await expect(charts).toHaveCount(3);
  const byModel = page.getByRole('region', { name: 'By model' });
  await expect(byModel.getByRole('row').filter({ hasText: 'guide' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Latest replies' })).toContainText('Median');
  await lookEverywhere(page, 'usage');

  await page.getByRole('radio', { name: "Everybody's" }).click();
  await page.getByRole('radio', { name: 'Person' }).click();
  const byPerson = page.getByRole('region', { name: 'By person' });
  await expect(byPerson.getByRole('row').filter({ hasText: 'ada@example.org' })).toBeVisible();
  await page.getByRole('radio', { name: '7 days' }).click();
  await page.getByRole('switch', { name: 'Show quiet days too' }).click();
  const days = page.getByRole('region', { name: 'Day by day' });
  await expect(days.getByRole('row')).toHaveCount(8);
  await page.getByRole('button', { name: 'Copy table' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n')).toHaveLength(8);
  expect(copied.split('\n')[0]).toContain('Day\tRequests\tFailed');
});

test('somebody who has used nothing yet is told what will be here', async ({ page }) => {
  const person = await approvedPerson(page.request, 'fresh@example.org');
  await openPlace(page, '/usage', 'Usage', person);
  await expect(page.getByRole('heading', { name: 'Nothing used in these days' })).toBeVisible();
  await look(page, 'usage-empty');
});

test('the audit is filtered, looked into, paged and exported', async ({ page }) => {
  expect((await ask(page.request, 'no/such-model')).status()).toBe(404);
  const headers = await asAdmin(page.request);
  for (let place = 0; place < 60; place++) await page.request.get('/v1/models', { headers });

  await openPlace(page, '/audit', 'Audit');
  await expect(row(page, '/v1/models').first()).toBeVisible();
  await lookEverywhere(page, 'audit');
  const shown = await page.getByRole('row').count();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(shown);

  await page.getByLabel('Outcome').selectOption('Failed');
  await page.getByLabel('Where').selectOption('Models (/v1)');
  await expect(page).toHaveURL(/outcome=failed/);
  await page.reload();
  const failed = row(page, '/v1/chat/completions').first();
  await expect(failed).toContainText('404');
  await expect(page.getByRole('cell', { name: '200', exact: true })).toHaveCount(0);

  await failed.getByRole('button').click();
  const detail = page.getByRole('complementary', { name: 'Request' });
  await expect(detail).toContainText('no/such-model');
  await expect(detail).toContainText('Where the time went');
  await look(page, 'audit-detail');
  await detail.getByRole('button', { name: 'Only this person' }).click();
  await expect(page).toHaveURL(/user=/);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL('/audit');

  await page.getByLabel('Outcome').selectOption('Failed');
  await expect(page).toHaveURL(/outcome=failed/);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'As CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('audit.csv');
  const lines = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\n');
  expect(lines[0]).toContain('request_id');
  expect(lines.length).toBeGreaterThan(1);

  await page.getByRole('textbox', { name: 'Request id' }).fill('no-such-request');
  await page.getByRole('textbox', { name: 'Request id' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Nothing fits these filters' })).toBeVisible();
  await look(page, 'audit-empty');
});

import { readFileSync } from 'node:fs';
import type { APIRequestContext, Page } from '@playwright/test';
import { expect, look, test } from './fixtures';
import { approvedPerson, asAdmin, lookEverywhere, openPlace, row } from './places';
import { freshKey } from './routing';

async function ask(request: APIRequestContext, model: string) {
  const messages = [{ role: 'user', content: 'Do I need an API key?' }];
  return request.post('/v1/chat/completions', {
    data: { model, messages, max_tokens: 40 },
    headers: await asAdmin(request),
  });
}

/** What the export menu gives, saved by the browser. */
async function exported(page: Page, action: string) {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: action }).click();
  const file = await download;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

test('usage is drawn, split and copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  expect((await ask(page.request, 'mlx-manager/guide')).ok()).toBe(true);
  const key = await freshKey(page.request, 'Counted');
  const data = {
    model: 'mlx-manager/guide',
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 4,
  };
  const headers = { Authorization: `Bearer ${key}` };
  expect((await page.request.post('/v1/chat/completions', { data, headers })).ok()).toBe(true);
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
  await page.getByRole('radio', { name: 'Key', exact: true }).click();
  const byKey = page.getByRole('region', { name: 'By key' });
  await expect(byKey.getByRole('row').filter({ hasText: 'Counted' })).toBeVisible();
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
  // The same rows in both files: those that the filters leave, with what was asked of which model.
  const csv = await exported(page, 'As CSV');
  expect(csv.name).toBe('audit.csv');
  const [head = '', ...lines] = csv.text.trim().split('\r\n');
  const jsonl = await exported(page, 'As JSON lines');
  expect(jsonl.name).toBe('audit.jsonl');
  const rows = jsonl.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(head.split(',')).toEqual(Object.keys(rows[0] ?? {}));
  const ids = (each: string[]) => each.filter((id) => rows.some((one) => one.request_id === id));
  const place = head.split(',').indexOf('request_id');
  const named = lines.map((line) => line.split(',')[place] ?? '');
  expect(ids(named)).toEqual(named);
  expect(rows.every(({ status }) => Number(status) >= 400)).toBe(true);
  expect(rows).toContainEqual(
    expect.objectContaining({
      path: '/v1/chat/completions',
      status: 404,
      model: 'no/such-model',
      user_email: 'ada@example.org',
    }),
  );

  await page.getByRole('textbox', { name: 'Request id' }).fill('no-such-request');
  await page.getByRole('textbox', { name: 'Request id' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Nothing fits these filters' })).toBeVisible();
  await look(page, 'audit-empty');
});

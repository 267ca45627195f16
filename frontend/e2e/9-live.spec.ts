/** What others do shows on a page that is open: one feed tells of it, and nothing is reloaded. */
import type { Page } from '@playwright/test';
import { ENDLESS, expect, hubFault, hubWell, test } from './fixtures';
import { asAdmin, openPlace } from './places';

const LARK = 'mlx-community/Lark-15M';

test.slow();

test.afterEach(async ({ page }) => hubWell(page.request));

/** How many accounts the badge beside People says are waiting. */
async function onBadge(page: Page): Promise<number> {
  const place = page.getByRole('navigation', { name: 'Places' }).getByRole('link', {
    name: /People/,
  });
  const said = (await place.textContent()) ?? '';
  return Number(/(\d+) accounts? waits? for approval/.exec(said)?.[1] ?? 0);
}

test('who asks for an account is on the badge at once, and off it with the answer', async ({
  page,
}) => {
  const headers = await asAdmin(page.request);
  const waiting = await page.request.get('/api/auth/users/pending/count', { headers });
  const { count } = (await waiting.json()) as { count: number };
  await openPlace(page, '/usage', 'Usage');
  await expect.poll(() => onBadge(page)).toBe(count);

  const asks = { email: 'hopeful@example.org', password: 'a long enough phrase' };
  const { id } = await (await page.request.post('/api/auth/register', { data: asks })).json();
  await expect.poll(() => onBadge(page)).toBe(count + 1);
  // Another administrator answers, in another window.
  const data = { status: 'approved' };
  await page.request.put(`/api/auth/users/${id}`, { headers, data });
  await expect.poll(() => onBadge(page)).toBe(count);
});

test('a download that somebody else began is told, followed, and gone when they cancel it', async ({
  page,
}) => {
  const headers = await asAdmin(page.request);
  await openPlace(page, '/downloads', 'Downloads');
  await hubFault(page.request, { kind: 'hold', path: '/cdn/', after_bytes: 3_000_000 });
  const data = { model: LARK };
  const begun = await page.request.post('/api/models/downloads', { headers, data });
  expect(begun.status(), await begun.text()).toBe(201);
  const { id } = (await begun.json()) as { id: string };
  const underWay = page.getByRole('list', { name: 'On their way' });
  await expect(underWay.getByRole('listitem').filter({ hasText: 'Lark-15M' })).toContainText(
    /\d MB of 1\d MB/,
  );
  await expect(page.getByRole('contentinfo')).toContainText('1 download');
  await page.request.post(`/api/models/downloads/${id}/cancel`, { headers });
  await expect(page.getByRole('contentinfo')).not.toContainText('download');
  await expect(page.getByRole('region', { name: 'Finished' })).toContainText('Cancelled');
});

test('a profile that is called elsewhere shows that it runs, and how fast it writes', async ({
  page,
}) => {
  const headers = await asAdmin(page.request);
  const data = { name: 'runner', model: ENDLESS.model };
  const { id } = await (await page.request.post('/api/profiles', { headers, data })).json();
  await openPlace(page, '/servers', 'Servers');
  const one = page
    .getByRole('list', { name: 'Profiles' })
    .getByRole('listitem')
    .filter({ hasText: 'runner' });
  await expect(one).toContainText('Stopped');

  const messages = [{ role: 'user', content: 'Say something that takes its time.' }];
  // With its likeliest tokens the model never ends of itself.
  const asked = { model: 'runner', messages, max_tokens: 1500, temperature: 0 };
  const call = () =>
    page.request.post('/v1/chat/completions', { headers, data: asked, timeout: 120_000 });
  const first = call();
  const figures = page.getByRole('region', { name: 'Live figures' });
  // Seconds on a machine with nothing else to do: first what lasts no longer than the answer.
  await expect(figures).toContainText(/Answers being made\s*1/);
  await expect(figures).toContainText(/Tokens a second\s*[1-9]/);
  await expect(one).toContainText('Running');
  await expect(one).toContainText(/Tokens a second\s*[1-9]/);
  expect((await first).ok()).toBe(true);
  await expect(figures).toContainText(/Answers being made\s*0/);

  // The same question again is read from the cache.
  expect((await call()).ok()).toBe(true);
  await expect(one).toContainText(/Prompt tokens from cache\s*[1-9]/);
  await page.request.post(`/api/servers/${id}/stop`, { headers });
  await expect(one).toContainText('Stopped');
  expect((await page.request.delete(`/api/profiles/${id}`, { headers })).status()).toBe(204);
});

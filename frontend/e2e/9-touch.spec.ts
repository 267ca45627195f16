import { expect, openAsAdmin, PHONE, test } from './fixtures';
import { deleteProfile, makeProfile } from './profiles';
import { hardToHit } from './touch';

test.slow();

const PAGES = [
  '/chat',
  '/models',
  '/models/find',
  '/downloads',
  '/profiles',
  '/servers',
  '/usage',
  '/audit',
  '/system',
  '/people',
  '/people/keys',
  '/people/account',
  '/routing',
  '/routing/providers',
  '/settings',
  '/welcome',
];

test('on a phone a finger hits everything on every page', async ({ page }) => {
  await page.setViewportSize(PHONE);
  await openAsAdmin(page);
  const profile = await makeProfile(page.request, 'within-reach');
  const found: Record<string, string[]> = {};
  for (const path of PAGES) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('.skeleton')).toHaveCount(0);
    const hard = await hardToHit(page.locator('body'));
    if (hard.length > 0) found[path] = hard;
  }
  expect(found).toEqual({});
  await deleteProfile(page.request, profile);
});

test('on a phone a finger hits everything in a sheet and in a menu', async ({ page }) => {
  await page.setViewportSize(PHONE);
  await openAsAdmin(page);
  await page.getByRole('button', { name: 'Parameters' }).click();
  const parameters = page.getByRole('dialog', { name: 'Parameters' });
  await expect(parameters).toBeVisible();
  expect(await hardToHit(parameters)).toEqual([]);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Conversations' }).click();
  const list = page.getByRole('dialog', { name: 'Conversations' });
  await expect(list.getByRole('link', { name: 'New chat' })).toBeVisible();
  expect(await hardToHit(list)).toEqual([]);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Account' }).click();
  const heights = await page
    .getByRole('menuitem')
    .evaluateAll((items) => items.map((item) => item.getBoundingClientRect().height));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(40);
});

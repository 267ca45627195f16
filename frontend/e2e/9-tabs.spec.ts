/** From the login to a reply and a model, with nothing but the keyboard, and never out of place. */
import type { Locator, Page } from '@playwright/test';
import { ADMIN, composer, expect, hubFault, hubWell, replies, test } from './fixtures';

const LARK = 'mlx-community/Lark-15M';
const FURTHEST = 80;

test.slow();

test.afterEach(async ({ page }) => hubWell(page.request));

/** Walks to something with the Tab key, and sees that the focus shows there. */
async function walk(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab') {
  await expect(target).toBeVisible();
  for (let steps = 0; steps < FURTHEST; steps++) {
    if (await target.evaluate((node) => node.matches(':focus-visible'))) return;
    await page.keyboard.press(key);
  }
  await expect(target, `${FURTHEST} presses of ${key} do not lead there`).toBeFocused();
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

test('a person without a mouse logs in, asks, stops, and asks for another reply', async ({
  page,
}) => {
  await page.goto('/login');
  await walk(page, page.getByLabel('E-mail address'));
  await page.keyboard.type(ADMIN.email);
  await walk(page, page.getByLabel('Password'));
  await page.keyboard.type(ADMIN.password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/chat');

  await walk(page, composer(page));
  await page.keyboard.type('Do I need an API key?');
  await page.keyboard.press('Enter');
  await expect(replies(page)).toHaveAttribute('aria-busy', 'false');
  await expect(composer(page)).toBeFocused();
  await walk(page, button(page, 'Another reply'), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: 'Version 2 of 2' })).toBeVisible();
  await expect(replies(page)).toHaveAttribute('aria-busy', 'false');
  await walk(page, page.getByRole('link', { name: 'Models', exact: true }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/models');
});

test('a person without a mouse finds a model, reads about it, downloads, pauses and cancels', async ({
  page,
}) => {
  await page.goto('/login?next=%2Fmodels%2Ffind');
  await walk(page, page.getByLabel('E-mail address'));
  await page.keyboard.type(ADMIN.email);
  await walk(page, page.getByLabel('Password'));
  await page.keyboard.type(ADMIN.password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/models/find');
  await page.keyboard.press('/');
  await page.keyboard.type('lark');
  await expect(page).toHaveURL(/query=lark/);
  await walk(page, button(page, `Details of ${LARK}`));
  await page.keyboard.press('Enter');
  const details = page.getByLabel(`Details of ${LARK}`).last();
  await expect(details).toContainText('A model for tests');
  await walk(page, details.getByRole('button', { name: 'Close' }));
  await page.keyboard.press('Enter');
  await expect(button(page, `Details of ${LARK}`)).toBeFocused();

  await hubFault(page.request, { kind: 'hold', path: '/cdn/', after_bytes: 3_000_000 });
  await walk(page, button(page, `Download ${LARK}`));
  await page.keyboard.press('Enter');
  await walk(page, button(page, /^Downloading/));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/downloads');
  await walk(page, button(page, `Pause: ${LARK}`));
  await page.keyboard.press('Enter');
  // Who paused stands on the button that resumes.
  await expect(button(page, `Resume: ${LARK}`)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(button(page, `Pause: ${LARK}`)).toBeFocused();
  // Before the first byte there would be nothing to ask.
  await expect(page.getByRole('list', { name: 'On their way' })).toContainText(/\d MB of 1\d MB/);
  await walk(page, button(page, `Cancel: ${LARK}`));
  await page.keyboard.press('Enter');
  await walk(page, button(page, 'Cancel and delete'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Finished' })).toContainText('Cancelled');
});

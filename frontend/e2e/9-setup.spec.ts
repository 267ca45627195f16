import type { Page } from '@playwright/test';
import { expect, hubFault, hubWell, look, test } from './fixtures';
import { asAdmin, lookEverywhere, openPlace } from './places';

const SMALL = 'mlx-community/Finch-1B-Instruct-4bit';
/** Slow enough to be looked at: about half a minute for one model. */
const SLOW = { kind: 'slow', path: '/cdn/', bytes_per_second: 400_000 };

const machine = (page: Page) => page.getByRole('region', { name: 'This machine', exact: true });
const picks = (page: Page) => page.getByRole('list', { name: 'Models to start with' });
const pick = (page: Page, name: string) => picks(page).getByRole('listitem', { name });

test.slow();

test.afterEach(async ({ page }) => hubWell(page.request));

test('the machine is told, a fitting model comes, and the chat is one step away', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await openPlace(page, '/welcome', 'Welcome');
  await expect(machine(page)).toContainText(/Models run on/);
  await expect(machine(page)).toContainText(/MLX\s*\d+\.\d+/);
  await expect(
    machine(page).getByRole('img', { name: /^Models may use [\d.]+ GB of [\d.]+ GB$/ }),
  ).toBeVisible();
  await expect(machine(page)).toContainText(/Nothing is in the way|What to know first/, {
    timeout: 60_000,
  });

  await expect(picks(page).getByRole('listitem')).toHaveCount(3);
  await expect(pick(page, 'Small')).toContainText('Finch-1B');
  await expect(pick(page, 'Balanced')).toContainText('Heron-4B');
  await expect(pick(page, 'Largest that fits well')).toContainText('Stork-8B');
  await expect(pick(page, 'Small')).toContainText(/In memory\s*[\d.]+ [GM]B with [\d\s]+ tokens/);
  await expect(pick(page, 'Small')).toContainText(/you read/);
  await lookEverywhere(page, 'welcome');

  await hubFault(page.request, SLOW);
  await page.getByRole('button', { name: `Download ${SMALL}` }).click();
  const bar = pick(page, 'Small').getByRole('progressbar');
  await expect(bar).toHaveAttribute('aria-valuenow', /\d+/);
  await expect(pick(page, 'Small')).toContainText(/kB\/s|MB\/s/);
  await look(page, 'welcome-downloading');
  await page.getByRole('button', { name: `Pause: ${SMALL}` }).click();
  await expect(pick(page, 'Small')).toContainText('Paused');
  await hubWell(page.request);
  await page.getByRole('button', { name: `Resume: ${SMALL}` }).click();
  await expect(pick(page, 'Small')).toContainText('On this machine');

  await page.getByRole('button', { name: `Chat with ${SMALL}` }).click();
  await expect(page).toHaveURL('/chat');
  await expect(page.getByLabel(/^Model:/)).toContainText('Finch-1B');
  const gone = await page.request.delete(`/api/models/${SMALL}`, {
    headers: await asAdmin(page.request),
  });
  expect(gone.status(), await gone.text()).toBe(204);
});

test('set-up is skipped, and found again', async ({ page }) => {
  await openPlace(page, '/welcome', 'Welcome');
  await page.getByRole('button', { name: 'Skip to the chat' }).click();
  await expect(page).toHaveURL('/chat');
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Set up this machine' }).click();
  await expect(page).toHaveURL('/welcome');
  await page.getByRole('link', { name: 'See what the machine does' }).click();
  await expect(page).toHaveURL('/system');
  await page.getByRole('button', { name: 'Models for this machine' }).click();
  await expect(page).toHaveURL('/welcome');
});

test('the hub out of reach: that is told, the guide answers, and trying again works', async ({
  page,
}) => {
  await hubFault(page.request, { kind: 'status', path: '/api/models', status: 500 });
  await openPlace(page, '/welcome', 'Welcome');
  const offered = page.getByRole('region', { name: 'Models that fit this machine' });
  await expect(offered.getByRole('alert')).toContainText('The hub is out of reach');
  await expect(offered).toContainText('The guide needs no connection');
  await look(page, 'welcome-unreachable');
  await hubWell(page.request);
  await offered.getByRole('button', { name: 'Try again' }).click();
  await expect(picks(page).getByRole('listitem')).toHaveCount(3);

  await page.getByRole('button', { name: 'Chat now' }).click();
  await expect(page).toHaveURL('/chat');
  await expect(page.getByLabel(/^Model:/)).toContainText('guide');
});

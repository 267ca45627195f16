import { ADMIN, composer, expect, look, lookOnPhone, test } from './fixtures';
import { OwnManager } from './own-manager';
import { lookEverywhere } from './places';

test.use({ baseURL: OwnManager.url });
test.slow();

const manager = new OwnManager();

test.beforeAll(() => manager.start());
test.afterAll(() => manager.remove());

test('set up without the hub, cut off from the manager, and back where one was', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await page.goto('/');
  await page.getByLabel('E-mail address').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByLabel('Password again').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page).toHaveURL('/welcome');
  const offered = page.getByRole('region', { name: 'Models that fit this machine' });
  await expect(offered.getByRole('alert')).toContainText('The hub is out of reach', {
    timeout: 60_000,
  });
  await expect(offered).toContainText('The guide needs no connection');
  await lookOnPhone(page, 'welcome-unreachable');
  await page.getByRole('button', { name: 'Chat now' }).click();
  await expect(page).toHaveURL('/chat');
  await composer(page).fill('half a thought');

  await manager.stop();
  await expect(page.getByText('Offline', { exact: true })).toBeVisible();
  await expect(composer(page)).toHaveValue('half a thought');
  // The page of a place is fetched when it is first opened, and here nobody gives it.
  await page.getByRole('link', { name: 'Usage', exact: true }).click();
  const away = page.getByRole('heading', { name: 'The manager does not answer' });
  await expect(away).toBeVisible();
  await look(page, 'page-away');
  await lookOnPhone(page, 'page-away');

  await manager.start({ MLX_MANAGER_OFFLINE_MODE: 'true' });
  await expect(page.getByRole('heading', { name: 'Usage', level: 1 })).toBeVisible();
  await expect(page).toHaveURL('/usage');
  await page.getByRole('link', { name: 'Chat', exact: true }).click();
  await expect(composer(page)).toHaveValue('half a thought');

  await page.goto('/welcome');
  await expect(page.getByRole('heading', { name: /^Offline mode/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await lookEverywhere(page, 'welcome-offline');
  await page.getByRole('button', { name: 'Show the models that are here' }).click();
  await expect(page).toHaveURL('/models');
  await page.getByRole('link', { name: 'Find models' }).click();
  await expect(page.getByText('The hub is switched off')).toBeVisible();

  // A page that is open keeps what it shows.
  await page.goto('/servers');
  const here = page.getByRole('region', { name: 'In memory' });
  await expect(here).toBeVisible();
  await manager.stop();
  const outage = page.getByText('The manager does not answer', { exact: true });
  await expect(outage).toBeVisible();
  await expect(here).toBeVisible();
  await page.getByRole('button', { name: 'Try again', exact: true }).click();
  await expect(outage).toBeVisible();
  await manager.start();
  await expect(outage).toHaveCount(0);
});

import { expect, look, openAsAdmin, test } from './fixtures';

test('the rail folds to its icons, keeps its names for those who ask, and stays so', async ({
  page,
}) => {
  await openAsAdmin(page, { path: '/models' });
  const rail = page.getByRole('navigation', { name: 'Places' });
  const wide = (await rail.boundingBox())!.width;
  await page.getByRole('button', { name: 'Show only icons here' }).click();
  const narrow = (await rail.boundingBox())!.width;
  expect(narrow).toBeLessThan(wide - 16);
  const servers = rail.getByRole('link', { name: 'Servers' });
  await expect(servers).toHaveAttribute('title', 'Servers');
  await look(page, 'rail-folded');

  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect((await rail.boundingBox())!.width).toBe(narrow);
  await servers.click();
  await expect(page).toHaveURL('/servers');
  await page.getByRole('button', { name: 'Show names here' }).click();
  expect((await rail.boundingBox())!.width).toBe(wide);
});

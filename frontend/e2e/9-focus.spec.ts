import { expect, openAsAdmin, test } from './fixtures';

const MODEL = 'e2e/endless';

test('a question that a menu asked gives the focus back to its button', async ({ page }) => {
  await openAsAdmin(page, { path: '/models' });
  const menu = page.getByRole('button', { name: `Actions for ${MODEL}` });
  await menu.press('Enter');
  const remove = page.getByRole('menuitem', { name: 'Delete' });
  await expect(remove).toBeVisible();
  await page.keyboard.press('End');
  await expect(remove).toBeFocused();
  await page.keyboard.press('Enter');
  const question = page.getByRole('alertdialog', { name: 'Delete endless?' });
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(menu).toBeFocused();
});

test('details beside a list are left by Esc and by their button, back to where one was', async ({
  page,
}) => {
  await openAsAdmin(page, { path: '/models' });
  const name = page.getByRole('button', { name: `Details of ${MODEL}` });
  const details = page.getByRole('complementary', { name: `Details of ${MODEL}` });
  await name.press('Enter');
  await expect(details).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(details).toBeHidden();
  await expect(name).toBeFocused();

  await name.press('Enter');
  await details.getByRole('button', { name: 'Close' }).press('Enter');
  await expect(details).toBeHidden();
  await expect(name).toBeFocused();
});

test('a form in a drawer is ready to be written into, and a question comes before it', async ({
  page,
}) => {
  await openAsAdmin(page, { path: '/people/keys' });
  const create = page.getByRole('main').getByRole('button', { name: 'Create key' }).first();
  await create.press('Enter');
  const form = page.getByRole('complementary', { name: 'Create a key' });
  await expect(form.getByLabel('Name')).toBeFocused();
  // The palette is in front of the drawer: Esc is for it first.
  await page.keyboard.press('Control+K');
  await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Commands' })).toBeHidden();
  await expect(form).toBeVisible();
  await form.getByLabel('Name').press('Escape');
  await expect(form).toBeHidden();
  await expect(create).toBeFocused();
});

test('one who writes elsewhere does not close the drawer with Esc', async ({ page }) => {
  await openAsAdmin(page);
  await page.getByRole('button', { name: 'Parameters' }).click();
  const parameters = page.getByRole('complementary', { name: 'Parameters' });
  await expect(parameters).toBeVisible();
  await page.getByRole('textbox', { name: 'Message', exact: true }).press('Escape');
  await expect(parameters).toBeVisible();
  await parameters.getByRole('button', { name: 'Close' }).press('Escape');
  await expect(parameters).toBeHidden();
});

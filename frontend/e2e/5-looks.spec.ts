import { askAndWait, composer, expect, look, openAsAdmin, PHONE, replies, test } from './fixtures';

const background = () => getComputedStyle(document.body).backgroundColor;

test('dark and light follow the system, can be chosen, and the choice is kept', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await openAsAdmin(page);
  const light = await page.evaluate(background);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await page.evaluate(background);
  expect(dark).not.toBe(light);

  await page.getByRole('button', { name: 'Account' }).click();
  await look(page, 'account-menu');
  await page.getByRole('menuitem', { name: 'Light', exact: true }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => page.evaluate(background)).toBe(light);
  await page.reload();
  expect(await page.evaluate(background)).toBe(light);

  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'As the system' }).click();
  await expect.poll(() => page.evaluate(background)).toBe(dark);
});

test('on a phone the chat works with a bottom bar and sheets', async ({ page }) => {
  await page.setViewportSize(PHONE);
  await openAsAdmin(page, { parameters: { thinking: true } });
  await askAndWait(page, 'What is MLX Manager?');
  await expect(replies(page)).toContainText('large language models');
  const bar = await page.getByRole('navigation', { name: 'Places' }).boundingBox();
  expect(bar?.y).toBeGreaterThan(PHONE.height - 80);
  const edges = await page
    .getByRole('button')
    .evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().right));
  expect(Math.max(...edges)).toBeLessThanOrEqual(PHONE.width);
  await look(page, 'chat-phone');

  await page.getByRole('button', { name: 'Parameters' }).click();
  await expect(page.getByRole('dialog', { name: 'Parameters' })).toBeVisible();
  await look(page, 'parameters-phone');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Conversations' }).click();
  const sheet = page.getByRole('dialog', { name: 'Conversations' });
  await look(page, 'conversations-phone');
  await sheet.getByRole('link', { name: 'New chat' }).click();
  await expect(sheet).toBeHidden();
  await expect(page).toHaveURL('/chat');
});

test('the model is chosen by keyboard, and the status line tells an outage', async ({
  page,
  context,
}) => {
  await openAsAdmin(page);
  await page.getByLabel(/^Model:/).press('Enter');
  await expect(page.getByRole('option', { name: /mlx-manager\/guide/ })).toBeVisible();
  await look(page, 'model-picker');
  await page.keyboard.press('Enter');
  await context.setOffline(true);
  await expect(page.getByText('Offline', { exact: true })).toBeVisible();
  await expect(composer(page)).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();
});

import { ADMIN, expect, look, lookOnPhone, replies, test } from './fixtures';

test('the first start asks for the administrator, and then the guide answers', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL('/setup');
  await expect(page.getByRole('heading', { name: 'Create the administrator' })).toBeVisible();
  await look(page, 'setup');
  await lookOnPhone(page, 'setup');

  await page.getByLabel('E-mail address').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByText('Use at least 12 characters.')).toBeVisible();

  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByLabel('Password again').fill('something else entirely');
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByText('The two passwords are not the same.')).toBeVisible();

  await page.getByLabel('Password again').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page).toHaveURL('/welcome');
  await expect(page.getByRole('region', { name: 'This machine', exact: true })).toContainText(
    'Models run on',
  );
  await page.getByRole('button', { name: 'Chat now' }).click();
  await expect(page).toHaveURL('/chat');
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();
  await look(page, 'chat-empty');
  await lookOnPhone(page, 'chat-empty');

  // Greedy, so that the guide says what it learned.
  await page.getByRole('button', { name: 'Parameters' }).click();
  await page.getByLabel('Temperature').press('Home');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'What is MLX Manager?', exact: true }).click();

  await expect(page).toHaveURL(/\/chat\/.+/);
  await expect(replies(page)).toHaveAttribute('aria-busy', 'false');
  await expect(replies(page)).toContainText('runs large language models on your own machine');
  await expect(replies(page)).toContainText(/\d+ tokens/);
  await expect(replies(page)).toContainText(/[\d.]+ tokens\/s/);
  await expect(
    page.getByRole('list', { name: 'Conversations' }).getByText('What is MLX Manager?'),
  ).toBeVisible();
  await expect(page.getByRole('contentinfo', { name: 'Machine status' })).toContainText('guide');
});

test('set-up is over once there is an administrator', async ({ page }) => {
  await page.goto('/setup');
  await expect(page).toHaveURL('/login');
});

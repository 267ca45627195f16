import {
  ADMIN,
  askAndWait,
  composer,
  expect,
  expectWords,
  look,
  lookOnPhone,
  openAsAdmin,
  replies,
  test,
} from './fixtures';
import { approvedPerson } from './places';

test('a wrong password is told, the right one leads in, and out again', async ({ page }) => {
  await page.goto('/chat');
  await expect(page).toHaveURL('/login');
  await look(page, 'login');
  await lookOnPhone(page, 'login');
  await page.getByLabel('E-mail address').fill(ADMIN.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'login-refused');
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL('/chat');

  await page.getByRole('button', { name: 'Account' }).click();
  await expect(page.getByText(ADMIN.email)).toBeVisible();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page).toHaveURL('/login');
  await page.goto('/chat');
  await expect(page).toHaveURL('/login');
});

test('a second account waits for approval', async ({ page }) => {
  await page.goto('/login');
  await page.getByRole('link', { name: 'Ask for one' }).click();
  await expect(page.getByRole('heading', { name: 'Ask for an account' })).toBeVisible();
  await look(page, 'register');
  await page.getByLabel('E-mail address').fill('grace@example.org');
  await page.getByLabel('Password', { exact: true }).fill('another long password');
  await page.getByLabel('Password again').fill('another long password');
  await page.getByRole('button', { name: 'Ask for an account' }).click();
  await expect(page.getByRole('heading', { name: 'Waiting for approval' })).toBeVisible();
  await look(page, 'pending');

  await page.getByRole('link', { name: 'Back to log in' }).click();
  await page.getByLabel('E-mail address').fill('grace@example.org');
  await page.getByLabel('Password').fill('another long password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText(/approve/);
  await expect(page).toHaveURL('/login');
});

test('a session that ends leads to the login and back to the same place, draft and all', async ({
  page,
}) => {
  await openAsAdmin(page);
  await askAndWait(page, 'Hello');
  const place = page.url();
  await composer(page).fill('half a thought');
  const token = await page.evaluate(() => localStorage.getItem('mlx-manager.token'));
  await page.request.post('/api/auth/logout', { headers: { Authorization: `Bearer ${token}` } });

  await composer(page).press('Enter');
  await expect(page.getByText('Your session has ended.')).toBeVisible();
  await page.getByLabel('E-mail address').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(place);
  await expectWords(replies(page));
  await expect(composer(page)).toHaveValue('half a thought');
});

test('who logs out takes half a message and its file along, and the next person finds neither', async ({
  page,
}) => {
  await openAsAdmin(page);
  await composer(page).fill('half a secret');
  const file = { name: 'secret.txt', mimeType: 'text/plain', buffer: Buffer.from('hush') };
  await page.locator('form input[type=file]').setInputFiles(file);
  await expect(page.getByRole('list', { name: 'Files for this message' })).toContainText('4 B');
  await page.reload();
  await expect(composer(page)).toHaveValue('half a secret');
  await expect(page.getByText('secret.txt')).toBeVisible();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page).toHaveURL('/login');
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('secret');

  const next = await approvedPerson(page.request, 'next@example.org');
  await page.getByLabel('E-mail address').fill(next.email);
  await page.getByLabel('Password').fill(next.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(composer(page)).toBeVisible();
  await expect(composer(page)).toHaveValue('');
  await expect(page.getByText('secret.txt')).toHaveCount(0);
});

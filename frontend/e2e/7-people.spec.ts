import { ADMIN, expect, look, PHONE, test } from './fixtures';
import { approvedPerson, lookEverywhere, openPlace, row } from './places';

const DONALD = { email: 'donald@example.org', password: 'a long enough phrase' };
const MALLORY = { email: 'mallory@example.org', password: 'a long enough phrase' };

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

test('those who ask are seen, approved or refused', async ({ page }) => {
  await page.request.post('/api/auth/register', { data: DONALD });
  await page.request.post('/api/auth/register', { data: MALLORY });
  await openPlace(page, '/people', 'People');
  const place = page.getByRole('navigation', { name: 'Places' }).getByRole('link', {
    name: /People.*\d accounts wait for approval/,
  });
  await expect(place).toBeVisible();
  await expect(page.getByRole('region', { name: 'Waiting for approval' })).toBeVisible();
  await lookEverywhere(page, 'people');

  await page.getByRole('button', { name: `Approve ${DONALD.email}` }).click();
  await expect(page.getByText(`${DONALD.email} can log in now.`)).toBeVisible();
  await expect(row(page, DONALD.email)).toContainText('Active');

  await page.getByRole('button', { name: `Refuse ${MALLORY.email}` }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: `Refuse ${MALLORY.email}` }).click();
  await question.getByRole('button', { name: 'Refuse' }).click();
  await expect(page.getByText(MALLORY.email)).toHaveCount(0);
  const login = await page.request.post('/api/auth/login', { data: MALLORY });
  expect(login.status()).toBe(401);
});

test('an account gets another role, is disabled, gets a new password and is deleted', async ({
  page,
}) => {
  const person = await approvedPerson(page.request, 'barbara@example.org');
  await openPlace(page, '/people', 'People');
  const act = async (action: string) => {
    await page.getByRole('button', { name: `Actions for ${person.email}` }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  const login = (password: string) =>
    page.request
      .post('/api/auth/login', { data: { email: person.email, password } })
      .then((reply) => reply.status());

  await act('Make administrator');
  await expect(row(page, person.email)).toContainText('Administrator');
  await act('Make member');
  await expect(row(page, person.email)).toContainText('Member');

  await act('Disable');
  await look(page, 'people-question');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable' }).click();
  await expect(row(page, person.email)).toContainText('Disabled');
  await expect.poll(() => login(person.password)).toBe(403);
  await act('Enable again');
  await expect(row(page, person.email)).toContainText('Active');

  await act('Set a new password');
  const dialog = page.getByRole('dialog', { name: 'Set a new password' });
  await dialog.getByLabel('New password').fill('short');
  await dialog.getByRole('button', { name: 'Set password' }).click();
  await expect(dialog.getByRole('alert')).toContainText('at least 12 characters');
  await dialog.getByLabel('New password').fill('another good phrase');
  await dialog.getByRole('button', { name: 'Set password' }).click();
  await expect(dialog).toBeHidden();
  expect(await login('another good phrase')).toBe(200);

  await act('Delete account');
  await expect(page.getByRole('alertdialog')).toContainText('0 conversations');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete account' }).click();
  await expect(page.getByText(`${person.email} is deleted.`)).toBeVisible();
  await expect(row(page, person.email)).toHaveCount(0);
});

test('the only administrator is kept, and is told why', async ({ page }) => {
  await openPlace(page, '/people', 'People');
  await page.getByRole('button', { name: `Actions for ${ADMIN.email}` }).click();
  await expect(page.getByText('The only administrator')).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Disable' })).toHaveCount(0);
  await expect(page.getByRole('menuitem', { name: 'Set a new password' })).toBeVisible();
});

test('a member sees their own keys and account, and no others', async ({ page }) => {
  const member = await approvedPerson(page.request, 'member@example.org');
  await page.setViewportSize(PHONE);
  await openPlace(page, '/people', 'API keys', member);
  await expect(page).toHaveURL('/people/keys');
  const tabs = page.getByRole('navigation', { name: 'People, keys and account' });
  await expect(tabs.getByRole('link')).toHaveText(['API keys', 'My account']);
  await page.getByRole('button', { name: 'More' }).click();
  await expect(page.getByRole('link', { name: 'System' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Settings' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.goto('/settings');
  await expect(page.getByRole('alert')).toContainText('administrators');
  await look(page, 'refused-phone');
});

test('a list that cannot be loaded says so, keeps what it had, and is loaded again', async ({
  page,
  context,
}) => {
  await openPlace(page, '/people', 'People');
  await expect(row(page, ADMIN.email)).toBeVisible();
  const places = page.getByRole('navigation', { name: 'Places' });
  await places.getByRole('link', { name: 'Chat' }).click();
  await expect(page).toHaveURL('/chat');
  await context.setOffline(true);
  await places.getByRole('link', { name: /^People/ }).click();
  await expect(page.getByRole('alert')).toContainText('The manager does not answer');
  await expect(row(page, ADMIN.email)).toBeVisible();
  await look(page, 'people-offline');
  // Whoever came meanwhile is in the list that then comes by itself.
  const late = await approvedPerson(page.request, 'late@example.org');
  await expect(page.getByText('Offline', { exact: true })).toBeVisible();
  await context.setOffline(false);
  await expect(row(page, late.email)).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

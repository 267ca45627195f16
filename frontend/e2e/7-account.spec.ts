import { expect, test } from './fixtures';
import { approvedPerson, lookEverywhere, openPlace, tokenOf } from './places';

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

test('the own password is changed, another device logged out, and then all of them', async ({
  page,
}) => {
  const person = await approvedPerson(page.request, 'kurt@example.org');
  const other = await tokenOf(page.request, person);
  const otherStatus = async () => {
    const headers = { Authorization: `Bearer ${other}` };
    return (await page.request.get('/api/auth/me', { headers })).status();
  };
  await openPlace(page, '/people/account', 'My account', person);
  const devices = page.getByRole('region', { name: 'Where you are logged in' });
  await expect(devices.getByRole('listitem')).toHaveCount(2);
  await expect(devices.getByText('This one')).toHaveCount(1);
  await lookEverywhere(page, 'account');

  expect(await otherStatus()).toBe(200);
  await devices.getByRole('button', { name: /^Log out (?!everywhere)/ }).click();
  await expect(devices.getByRole('listitem')).toHaveCount(1);
  expect(await otherStatus()).toBe(401);

  const field = (name: string) => page.getByLabel(name, { exact: true });
  const change = page.getByRole('button', { name: 'Change password' });
  await field('Current password').fill('not this one');
  await field('New password').fill('an even longer phrase');
  await field('New password again').fill('an even longer phrase');
  await change.click();
  await expect(page.getByRole('alert')).toBeVisible();
  await field('Current password').fill(person.password);
  await change.click();
  await expect(page.getByText('Your password is changed.')).toBeVisible();
  await expect(field('Current password')).toHaveValue('');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'My account' })).toBeVisible();

  await page.getByRole('button', { name: 'Log out everywhere' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Log out everywhere' }).click();
  await expect(page).toHaveURL('/login');
  await page.goto('/people/account');
  await expect(page).toHaveURL('/login?next=%2Fpeople%2Faccount');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password').fill('an even longer phrase');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL('/people/account');
});

import { expect, look, test } from './fixtures';
import { asAdmin, lookEverywhere, openPlace } from './places';

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

test('the machine shows its memory to scale, its versions and what doctor finds', async ({
  page,
}) => {
  await openPlace(page, '/system', 'System');
  const budget = page.getByRole('img', { name: /^Memory for models: / });
  await expect(budget).toHaveAttribute('aria-label', /Weights of guide: \d+ MB.*Free: [\d.]+ GB/);
  await expect(page.getByRole('img', { name: /^The whole machine: MLX Manager: / })).toBeVisible();
  await expect(
    page.getByRole('img', {
      name: /^Memory of models over the last .*: [\d.]+ [MG]B now, at most /,
    }),
  ).toBeVisible();
  await expect(page.getByRole('region', { name: 'Health' })).toContainText('All is well');
  const about = page.getByRole('region', { name: 'Versions and machine' });
  await expect(about).toContainText(/Python\s*3\./);

  await page.getByRole('button', { name: 'Examine this machine' }).click();
  const doctor = page.getByRole('region', { name: 'Doctor' });
  await expect(doctor.getByRole('button', { name: 'Examine again' })).toBeVisible({
    timeout: 40_000,
  });
  await expect(doctor.getByRole('listitem').first()).toBeVisible();
  await lookEverywhere(page, 'system');
});

test('on a Mac the server can begin with it', async ({ page }) => {
  // What a Mac answers: the one reply of these journeys that is put in the place of the server's own,
  // for here there is no launchd to be asked. What the server does with launchctl has tests there.
  const agent = {
    supported: true,
    installed: false,
    running: false,
    path: '/Users/ada/Library/LaunchAgents/org.mlx-manager.server.plist',
    detail: 'It is not installed: this server begins when somebody starts it.',
  };
  await page.route('**/api/system/launchd/*', (route) => {
    if (route.request().method() === 'POST') {
      agent.installed = route.request().url().endsWith('/install');
      agent.detail = agent.installed ? 'It begins when you log in next.' : 'It begins no more.';
    }
    return route.fulfill({ json: agent });
  });
  await openPlace(page, '/system', 'System');
  const panel = page.getByRole('region', { name: 'Start with this Mac' });
  await panel.getByRole('button', { name: 'Start with this Mac' }).click();
  await expect(panel).toContainText('It begins when you log in next.');
  await lookEverywhere(page, 'system-launchd');
  await panel.getByRole('button', { name: 'Start by hand again' }).click();
  await expect(panel).toContainText('It is started by hand');
});

test('settings say what takes effect when, are checked, saved and taken back', async ({ page }) => {
  await openPlace(page, '/settings', 'Settings');
  const models = page.getByLabel('Models loaded at a time', { exact: true });
  await expect(models).toHaveValue('4');
  await lookEverywhere(page, 'settings');
  const save = page.getByRole('button', { name: 'Save changes' });
  await expect(save).toHaveCount(0);

  await models.fill('several');
  await expect(page.getByText('Give a number.')).toBeVisible();
  await expect(save).toBeDisabled();
  await models.fill('100000');
  await save.click();
  await expect(page.getByText(/less than or equal to 1000/)).toBeVisible();
  await look(page, 'settings-refused');
  await models.fill('3');
  await save.click();
  await expect(page.getByText('Saved. It is in force.')).toBeVisible();
  await page.reload();
  await expect(models).toHaveValue('3');

  await page.getByRole('button', { name: 'Models loaded at a time: back to the default' }).click();
  await page.getByLabel('Requests that may wait').fill('77');
  await expect(page.getByText('2 changes not saved')).toBeVisible();
  await save.click();
  await expect(page.getByText('A restart is due')).toBeVisible();
  await expect(models).toHaveValue('4');
  await lookEverywhere(page, 'settings-restart');

  await page.getByRole('button', { name: 'Requests that may wait: back to the default' }).click();
  await save.click();
  await expect(page.getByText('A restart is due')).toHaveCount(0);
});

test('the text of requests is kept only when an administrator wants it', async ({ page }) => {
  await openPlace(page, '/settings', 'Settings');
  const keep = page.getByRole('switch', { name: 'Keep the text of requests' });
  await expect(keep).not.toBeChecked();
  await keep.click();
  await expect(page.getByText('1 change not saved')).toBeVisible();
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(keep).not.toBeChecked();
});

test('a limit that something smaller overrules says so', async ({ page }) => {
  await openPlace(page, '/settings', 'Settings');
  // The default is more than this machine gives to models, or it is the limit itself.
  const limit = Number(
    await page.getByLabel('Memory for models, GiB', { exact: true }).inputValue(),
  );
  const memory = await page.request.get('/api/system/memory', {
    headers: await asAdmin(page.request),
  });
  const budget = ((await memory.json()) as { budget_bytes: number }).budget_bytes / 1024 ** 3;
  await expect(page.getByText(/GiB are in force/)).toHaveCount(budget < limit * 0.99 ? 1 : 0);
});

test('the token of the hub goes in, is never shown, and is deleted', async ({ page }) => {
  await openPlace(page, '/settings', 'Settings');
  const panel = page.getByRole('region', { name: 'Model hub' });
  await expect(panel).toContainText('None saved');
  const field = panel.getByLabel('Token of the hub');
  await field.fill('hf_two words');
  await panel.getByRole('button', { name: 'Save token' }).click();
  await expect(panel.getByRole('alert')).toContainText('no spaces');
  await field.fill('hf_for_the_tests');
  await panel.getByRole('button', { name: 'Save token' }).click();
  await expect(panel).toContainText('It is kept encrypted');
  await expect(field).toHaveValue('');
  await page.reload();
  await expect(panel).toContainText('Saved');
  expect(await page.content()).not.toContain('hf_for_the_tests');
  await lookEverywhere(page, 'settings-hub-token');
  await panel.getByRole('button', { name: 'Delete token' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete token' }).click();
  await expect(panel).toContainText('None saved');
});

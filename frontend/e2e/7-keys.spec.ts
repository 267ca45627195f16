import { execFileSync } from 'node:child_process';
import { expect, look, test } from './fixtures';
import { lookEverywhere, openPlace, row } from './places';

const TOOLS = ['curl', 'Python', 'Node', 'Claude Code', 'Codex', 'opencode', 'Continue'];

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

test('a key is made, copied once, used, changed and revoked', async ({
  page,
  context,
  baseURL,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPlace(page, '/people/keys', 'API keys');
  await expect(page.getByRole('heading', { name: 'No keys yet' })).toBeVisible();
  await lookEverywhere(page, 'keys-empty');

  await page.getByRole('button', { name: 'Create key' }).first().click();
  const form = page.getByRole('complementary', { name: 'Create a key' });
  await form.getByRole('button', { name: 'Create key' }).click();
  await expect(form.getByRole('alert')).toContainText('Give it a name');
  await form.getByLabel('Name').fill('Editor');
  await form.getByLabel('Expires').selectOption('In 30 days');
  await form.getByLabel('Allowed models').fill('mlx-manager/*');
  await form.getByLabel('Requests a minute').fill('60');
  await form.getByLabel('Tokens a day').fill('many');
  await form.getByRole('button', { name: 'Create key' }).click();
  await expect(form.getByRole('alert')).toContainText('whole number');
  await form.getByLabel('Tokens a day').fill('100 000');
  await look(page, 'keys-form');
  await form.getByRole('button', { name: 'Create key' }).click();

  const dialog = page.getByRole('dialog', { name: 'Your new key' });
  await dialog.getByRole('button', { name: 'Copy key' }).click();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  expect(key).toMatch(/^mlx-/);
  await expect(dialog.getByRole('group', { name: 'Key Editor' })).toContainText(key);
  for (const tool of TOOLS) {
    await dialog.getByRole('tab', { name: tool, exact: true }).click();
    const snippet = dialog.getByRole('tabpanel', { name: tool });
    await expect(snippet).toContainText(key);
    await expect(snippet).toContainText(baseURL ?? '');
    await expect(snippet).toContainText('mlx-manager/guide');
  }
  await lookEverywhere(page, 'keys-fresh');

  // The first snippet does what it says.
  await dialog.getByRole('tab', { name: 'curl' }).click();
  await dialog.getByRole('tabpanel').getByRole('button', { name: 'Copy' }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const answer = JSON.parse(execFileSync('sh', ['-c', command], { stdio: 'pipe' }).toString());
  expect(answer.choices[0].message.content).toBeTruthy();

  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByText(key)).toHaveCount(0);
  await page.reload();
  const editor = row(page, 'Editor');
  await expect(editor).toContainText('1 model');
  await expect(editor).toContainText('60/min');
  await expect(editor).toContainText(/[1-9]\d* of 100\s000 tokens/);
  await expect(editor).toContainText('in 30d');
  await lookEverywhere(page, 'keys');

  await page.getByRole('button', { name: 'Actions for Editor' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  const change = page.getByRole('complementary', { name: 'Change Editor' });
  await change.getByLabel('Name').fill('Laptop');
  await change.getByLabel('Tokens a day').fill('');
  await change.getByRole('button', { name: 'Save changes' }).click();
  await expect(row(page, 'Laptop')).not.toContainText('100');

  await page.getByRole('button', { name: 'Actions for Laptop' }).click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByText('Laptop is revoked.')).toBeVisible();
  const refused = await page.request.get('/v1/models', {
    headers: { Authorization: `Bearer ${key}` },
  });
  expect(refused.status()).toBe(401);
});

test('the tools are walked with the arrow keys', async ({ page }) => {
  await openPlace(page, '/people/keys', 'API keys');
  const tools = page.getByRole('tablist', { name: 'Use it with' });
  await tools.getByRole('tab', { name: 'curl' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(tools.getByRole('tab', { name: 'Continue' })).toBeFocused();
  await expect(page.getByRole('tabpanel', { name: 'Continue' })).toContainText('schema: v1');
  await page.keyboard.press('ArrowRight');
  await expect(tools.getByRole('tab', { name: 'curl' })).toHaveAttribute('aria-selected', 'true');
});

import type { APIRequestContext, Page } from '@playwright/test';
import { expect, look, test } from './fixtures';
import { approvedPerson, asAdmin, lookEverywhere, openPlace, row } from './places';
import { deleteProfile, GUIDE, makeProfile } from './profiles';

/** Its weights are not those of its config.json (see hub.mjs). */
const BROKEN = 'mlx-community/Cuckoo-15M';

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

/** Has a model of the hub's stand-in come, and waits for it. */
async function download(request: APIRequestContext, model: string) {
  const headers = await asAdmin(request);
  const begun = await request.post('/api/models/downloads', { headers, data: { model } });
  expect(begun.status(), await begun.text()).toBe(201);
  const { id } = (await begun.json()) as { id: string };
  const state = async () => {
    const reply = await request.get(`/api/models/downloads/${id}`, { headers });
    return ((await reply.json()) as { state: string }).state;
  };
  await expect.poll(state, { timeout: 60_000 }).toBe('complete');
}

async function call(request: APIRequestContext, model: string) {
  const messages = [{ role: 'user', content: 'Do I need an API key?' }];
  return request.post('/v1/chat/completions', {
    data: { model, messages },
    headers: await asAdmin(request),
  });
}

const drawer = (page: Page, name: string) => page.getByRole('complementary', { name });
const server = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Profiles' }).getByRole('listitem').filter({ hasText: name });
const toPlace = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name }).click();

async function act(page: Page, name: string, action: string) {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

test('a profile is made, held to its rules, called, copied and deleted', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPlace(page, '/profiles', 'Profiles');
  await expect(page.getByRole('heading', { name: 'No profiles yet' })).toBeVisible();
  await lookEverywhere(page, 'profiles-empty');

  await page.getByRole('button', { name: 'Create profile' }).click();
  const form = drawer(page, 'Create a profile');
  const create = form.getByRole('button', { name: 'Create profile' });
  await create.click();
  await expect(form.getByText('Give it a name that clients can call.')).toBeVisible();
  await expect(form.getByText('Choose a model of this machine.')).toBeVisible();
  await form.getByLabel('Name', { exact: true }).fill('writer');
  await form.getByLabel('Model', { exact: true }).selectOption(GUIDE);
  await form.getByLabel('System prompt').fill('You answer in one short sentence.');
  await form.getByLabel('Temperature').fill('3');
  await form.getByLabel('Longest reply (tokens)').fill('24');
  await create.click();
  await expect(form.getByText('Give a number between 0 and 2.')).toBeVisible();
  await expect(form.getByLabel('Temperature')).toBeFocused();
  await form.getByLabel('Temperature').fill('0');
  await look(page, 'profiles-form');
  await create.click();

  const use = drawer(page, 'Use writer');
  await expect(use.getByText('model: "writer"', { exact: true })).toBeVisible();
  await use.getByRole('button', { name: 'Copy' }).first().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('model: "writer"');
  await expect(use.getByRole('tabpanel', { name: 'curl' })).toContainText('"model":"writer"');
  await expect(row(page, 'writer')).toContainText('Stopped');
  await lookEverywhere(page, 'profiles');

  // The manager's own refusal stands at the field that it is about.
  await page.getByRole('button', { name: 'Create profile' }).click();
  await form.getByLabel('Name', { exact: true }).fill('writer');
  await form.getByLabel('Model', { exact: true }).selectOption(GUIDE);
  await create.click();
  await expect(form.getByRole('alert')).toContainText('writer');
  await expect(form.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await form.getByRole('button', { name: 'Close' }).click();

  const answer = await (await call(page.request, 'writer')).json();
  expect(answer.usage.completion_tokens).toBeLessThanOrEqual(24);
  await expect(row(page, 'writer')).toContainText('Running');

  await act(page, 'writer', 'Duplicate');
  const change = drawer(page, 'Change writer-copy');
  await change.getByLabel('Name', { exact: true }).fill('poet');
  await change.getByRole('button', { name: 'Save changes' }).click();
  await expect(row(page, 'poet')).toContainText('Stopped');
  // What runs keeps its name until it is stopped.
  await act(page, 'writer', 'Change');
  await expect(drawer(page, 'Change writer').getByLabel('Name', { exact: true })).toBeDisabled();

  await act(page, 'writer', 'Delete');
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('is stopped first');
  await question.getByRole('button', { name: 'Delete profile' }).click();
  await expect(page.getByText('writer is deleted.')).toBeVisible();
  await act(page, 'poet', 'Delete');
  await question.getByRole('button', { name: 'Delete profile' }).click();
  await expect(page.getByRole('heading', { name: 'No profiles yet' })).toBeVisible();
  expect((await call(page.request, 'writer')).status()).toBe(404);
});

test('a profile is started, watched, followed in its log and stopped', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const id = await makeProfile(page.request, 'narrator', { defaults: { max_tokens: 12 } });
  await openPlace(page, '/profiles', 'Profiles');
  await page.getByRole('button', { name: 'Start narrator' }).click();
  await expect(row(page, 'narrator')).toContainText('Running');

  await toPlace(page, 'Servers');
  await expect(page.getByRole('heading', { name: 'Servers', level: 1 })).toBeVisible();
  const pool = page.getByRole('region', { name: 'In memory' });
  await expect(pool.getByRole('listitem').filter({ hasText: 'for narrator' })).toBeVisible();
  const one = server(page, 'narrator');
  await expect(one).toContainText('Running');
  await expect(one).toContainText(/Memory\s*\d+ MB/);

  await one.getByRole('button', { name: 'Show log: narrator' }).click();
  const log = page.getByRole('log', { name: 'Log of narrator' });
  await expect(log).toContainText('Started after');
  expect((await call(page.request, 'narrator')).ok()).toBe(true);
  await expect(log).toContainText('/v1/chat/completions 200');
  await lookEverywhere(page, 'servers');
  await one.getByRole('button', { name: 'Pause' }).click();
  expect((await call(page.request, 'narrator')).ok()).toBe(true);
  await one.getByRole('button', { name: 'Go on, 1 new' }).click();
  await expect(log.getByText('/v1/chat/completions 200')).toHaveCount(2);
  await one.getByRole('button', { name: 'Copy' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n').filter((line) => line.includes('completions 200'))).toHaveLength(2);

  await pool.getByRole('button', { name: `Pin ${GUIDE}` }).click();
  await expect(pool.getByText('Pinned')).toBeVisible();
  await pool.getByRole('button', { name: `Unpin ${GUIDE}` }).click();
  await expect(pool.getByText('Pinned')).toHaveCount(0);
  await one.getByRole('button', { name: 'Stop narrator' }).click();
  await expect(one).toContainText('Stopped');
  await expect(pool.getByText('for narrator')).toHaveCount(0);
  await deleteProfile(page.request, id);
});

test('a profile runs in a process of its own, with its figures', async ({ page }) => {
  test.setTimeout(240_000);
  const id = await makeProfile(page.request, 'hermit', { placement: 'process' });
  await openPlace(page, '/servers', 'Servers');
  const one = server(page, 'hermit');
  await expect(one).toContainText('Own process');
  await one.getByRole('button', { name: 'Start hermit' }).click();
  await expect(one).toContainText('Running', { timeout: 120_000 });
  await expect(one).toContainText(/Port\s*\d+/);
  await expect(one).toContainText(/Responds in\s*\d+/);
  await look(page, 'servers-process');
  await one.getByRole('button', { name: 'Stop hermit' }).click();
  await expect(one).toContainText('Stopped', { timeout: 30_000 });
  await deleteProfile(page.request, id);
});

test('what failed says why and what to do', async ({ page }) => {
  await download(page.request, BROKEN);
  const id = await makeProfile(page.request, 'phoenix', { model: BROKEN });
  await openPlace(page, '/servers', 'Servers');
  const one = server(page, 'phoenix');
  await one.getByRole('button', { name: 'Start phoenix' }).click();
  await expect(one.getByText('phoenix does not run')).toBeVisible();
  await expect(one).toContainText('cannot load this model');
  await expect(one.getByRole('button', { name: 'Start again' })).toBeVisible();
  await lookEverywhere(page, 'servers-failed');

  await one.getByRole('button', { name: 'Change profile' }).click();
  await expect(drawer(page, 'Change phoenix')).toBeVisible();
  await deleteProfile(page.request, id);
  await page.request.delete(`/api/models/${BROKEN}`, { headers: await asAdmin(page.request) });
});

test('others than administrators look, and change nothing', async ({ page }) => {
  const id = await makeProfile(page.request, 'teacher');
  const person = await approvedPerson(page.request, 'profiles-reader@example.org');
  await openPlace(page, '/profiles', 'Profiles', person);
  await expect(page.getByRole('button', { name: 'Create profile' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Use it: teacher' }).click();
  await expect(drawer(page, 'Use teacher')).toContainText('model: "teacher"');
  await toPlace(page, 'Servers');
  await expect(server(page, 'teacher')).toContainText('Stopped');
  await expect(server(page, 'teacher').getByRole('button')).toHaveCount(0);
  await deleteProfile(page.request, id);
});

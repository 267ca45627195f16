import type { Page } from '@playwright/test';
import {
  composer,
  expect,
  hubFault,
  hubWell,
  look,
  lookOnPhone,
  openAsAdmin,
  PHONE,
  test,
} from './fixtures';

const LARK = 'mlx-community/Lark-15M';
const WREN = 'mlx-community/Wren-15M';
/** Slow enough to be looked at: about half a minute for one model. */
const SLOW = { kind: 'slow', path: '/cdn/', bytes_per_second: 400_000 };

const search = (page: Page) => page.getByRole('textbox', { name: 'Search the hub for models' });
const found = (page: Page) => page.getByRole('list', { name: 'Models found' });
const here = (page: Page) => page.getByRole('list', { name: 'The models on this machine' });
const underWay = (page: Page) => page.getByRole('list', { name: 'On their way' });
const finished = (page: Page) => page.getByRole('region', { name: 'Finished' });
const row = (list: ReturnType<typeof found>, model: string) =>
  list.getByRole('listitem').filter({ hasText: model });

test.afterEach(async ({ page }) => hubWell(page.request));

test('a model is found, looked at, downloaded, loaded, pinned, used and deleted', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await openAsAdmin(page, { path: '/models' });
  await page.getByRole('link', { name: 'Find models' }).click();
  await expect(row(found(page), LARK)).toContainText('Fits');
  await expect(found(page)).not.toContainText('Ostrich');
  await expect(found(page)).not.toContainText('Not supported');
  await look(page, 'models-find');
  await lookOnPhone(page, 'models-find');

  await page.getByRole('switch', { name: 'Only what fits' }).click();
  await expect(row(found(page), 'Ostrich')).toContainText('Too large');
  await expect(row(found(page), 'Dodo')).toContainText('Not supported');
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('/');
  await expect(search(page)).toBeFocused();
  await page.keyboard.type('lark');
  await expect(page).toHaveURL(/query=lark/);
  await expect(found(page).getByRole('listitem')).toHaveCount(1);

  await page.getByRole('button', { name: `Details of ${LARK}` }).click();
  const details = page.getByLabel(`Details of ${LARK}`).last();
  await expect(details).toContainText('A model for tests');
  await expect(details).toContainText('Memory for models');
  await look(page, 'models-details');

  await hubFault(page.request, SLOW);
  await page.getByRole('button', { name: `Download ${LARK}` }).click();
  await expect(row(found(page), LARK)).toContainText(/Downloading, \d+ %/);
  await page.getByRole('button', { name: 'Show downloads' }).click();
  await expect(page).toHaveURL('/downloads');
  await expect(underWay(page).getByRole('progressbar')).toHaveAttribute('aria-valuenow', /\d+/);
  await expect(underWay(page)).toContainText(/kB\/s|MB\/s/);
  await expect(page.getByRole('contentinfo')).toContainText(/1 download, \d+ %/);
  await look(page, 'downloads');
  await lookOnPhone(page, 'downloads');

  await page.getByRole('button', { name: `Pause: ${LARK}` }).click();
  await expect(underWay(page)).toContainText('Paused');
  await page.reload();
  await expect(underWay(page)).toContainText('Paused');
  await hubWell(page.request);
  await page.getByRole('button', { name: `Resume: ${LARK}` }).click();
  await expect(finished(page)).toContainText('Complete');
  await look(page, 'downloads-done');
  await page.getByRole('button', { name: 'Show models' }).click();

  await expect(page).toHaveURL('/models');
  const lark = row(here(page), LARK);
  await expect(lark).toContainText('Not loaded');
  await lark.getByRole('button', { name: 'Load now' }).click();
  await expect(lark).toContainText('Loaded');
  const act = async (action: string) => {
    await lark.getByRole('button', { name: `Actions for ${LARK}` }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  };
  await act('Pin');
  await expect(lark.getByText('Pinned', { exact: true })).toBeVisible();
  await look(page, 'models');
  await lookOnPhone(page, 'models');
  await act('Unpin');
  await expect(lark.getByText('Pinned', { exact: true })).toBeHidden();
  await lark.getByRole('button', { name: 'Unload' }).click();
  await expect(lark).toContainText('Not loaded');

  await act('Use in chat');
  await expect(composer(page)).toBeVisible();
  await expect(page.getByLabel(/^Model:/)).toContainText('Lark-15M');
  await page.getByRole('link', { name: 'Models' }).click();

  await act('Delete');
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('Delete Lark-15M?');
  await look(page, 'models-delete');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(lark).toBeVisible();
  await act('Delete');
  await question.getByRole('button', { name: 'Delete model' }).click();
  await expect(lark).toBeHidden();
  await expect(page.getByText(/Lark-15M is deleted/)).toBeVisible();
});

test('a download that is interrupted says why and goes on; another is cancelled', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await openAsAdmin(page, { path: '/models/find?query=wren' });
  await hubFault(page.request, { kind: 'status', path: '/Wren-15M/', status: 500 });
  await page.getByRole('button', { name: `Download ${WREN}` }).click();
  await page.getByRole('link', { name: /^Downloads/ }).click();
  await expect(underWay(page)).toContainText('Interrupted');
  await expect(underWay(page)).toContainText(/Tries again in \d+ s|Trying again/);
  await look(page, 'downloads-interrupted');
  await lookOnPhone(page, 'downloads-interrupted');
  await hubWell(page.request);
  await hubFault(page.request, { kind: 'hold', path: '/cdn/', after_bytes: 3_000_000 });
  await page.getByRole('button', { name: `Try now: ${WREN}` }).click();
  await expect(underWay(page)).toContainText(/\d MB of 1\d MB/);

  await page.getByRole('button', { name: `Cancel: ${WREN}` }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('Cancel the download of Wren-15M?');
  await question.getByRole('button', { name: 'Cancel and delete' }).click();
  await expect(finished(page)).toContainText('Cancelled');
  await expect(page.getByRole('contentinfo')).not.toContainText('download');
});

test('a model that needs consent says where to give it, and comes once that is done', async ({
  page,
}) => {
  const headers = { 'x-error-code': 'GatedRepo' };
  await hubFault(page.request, { kind: 'status', path: '/Lark-15M/', status: 403, headers });
  await openAsAdmin(page, { path: '/models/find?query=lark' });
  await page.getByRole('button', { name: `Download ${LARK}` }).click();
  await page.getByRole('link', { name: /^Downloads/ }).click();
  await expect(underWay(page)).toContainText('Accept them on its page at the hub');
  await expect(underWay(page)).toContainText('save a token of the hub in the settings');
  await look(page, 'downloads-gated');
  await hubWell(page.request);
  await hubFault(page.request, { kind: 'hold', path: '/cdn/', after_bytes: 3_000_000 });
  await page.getByRole('button', { name: `Try again: ${LARK}` }).click();
  await expect(underWay(page)).toContainText(/\d MB of 1\d MB/);
  await page.getByRole('button', { name: `Cancel: ${LARK}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel and delete' }).click();
  await expect(finished(page)).toContainText('Cancelled');
});

test('the hub out of reach is told, and searching again works', async ({ page }) => {
  test.setTimeout(120_000);
  await openAsAdmin(page, { path: '/models' });
  await hubFault(page.request, { kind: 'status', path: '/api/models', status: 500 });
  await page.getByRole('link', { name: 'Find models' }).click();
  await expect(page.getByRole('alert')).toContainText('The hub could not be searched');
  await look(page, 'models-hub-failed');
  await hubWell(page.request);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(row(found(page), WREN)).toBeVisible();

  await search(page).fill('nothing is called this');
  await expect(page.getByRole('heading', { name: 'No model of that name' })).toBeVisible();
  await look(page, 'models-none');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(row(found(page), WREN)).toBeVisible();
});

test('on a phone every place is reached, and a model is downloaded', async ({ page }) => {
  test.setTimeout(180_000);
  await page.setViewportSize(PHONE);
  await openAsAdmin(page);
  await page.getByRole('button', { name: 'More' }).click();
  const sheet = page.getByRole('dialog', { name: 'More' });
  // Somebody may be waiting for approval, which People tells.
  await expect(sheet.getByRole('link')).toHaveText([
    /Profiles/,
    /Servers/,
    /Usage/,
    /Audit/,
    /System/,
    /People/,
    /Routing/,
    /Settings/,
  ]);
  await look(page, 'places-phone');
  await page.keyboard.press('Escape');

  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('link', { name: 'Find models' }).click();
  await page.getByRole('button', { name: `Details of ${WREN}` }).click();
  const details = page.getByRole('dialog', { name: `Details of ${WREN}` });
  await expect(details).toContainText('A model for tests');
  await look(page, 'models-details-phone');
  await details.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: `Download ${WREN}` }).click();
  await page.getByRole('link', { name: /^Downloads/ }).click();
  await expect(finished(page)).toContainText('Complete');
  await page.getByRole('link', { name: 'Models' }).click();
  await expect(row(here(page), WREN)).toBeVisible();
  const edges = await page
    .getByRole('button')
    .evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().right));
  expect(Math.max(...edges)).toBeLessThanOrEqual(PHONE.width);
});

test('somebody who is no administrator sees the models and changes nothing', async ({ page }) => {
  const linus = { email: 'linus@example.org', password: 'a third long password' };
  await openAsAdmin(page);
  const { id } = await (await page.request.post('/api/auth/register', { data: linus })).json();
  const token = await page.evaluate(() => localStorage.getItem('mlx-manager.token'));
  await page.request.put(`/api/auth/users/${id}`, {
    headers: { Authorization: `Bearer ${token}` },
    data: { status: 'approved' },
  });
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByLabel('E-mail address').fill(linus.email);
  await page.getByLabel('Password').fill(linus.password);
  await page.getByRole('button', { name: 'Log in' }).click();

  await expect(composer(page)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Audit' })).toBeHidden();
  await page.getByRole('link', { name: 'Models' }).click();
  await expect(here(page).getByRole('listitem').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Load now' })).toBeHidden();
  await page.getByRole('link', { name: 'Find models' }).click();
  await expect(row(found(page), LARK)).toBeVisible();
  await expect(page.getByText('ask an administrator')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Download / })).toBeHidden();
  await look(page, 'models-member');
});

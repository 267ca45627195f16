import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { aChat, aFile, chatLink, choose, giveChats, list, places, searchField } from './chats';
import { askAndWait, expect, look, lookOnPhone, PHONE, test } from './fixtures';
import { approvedPerson, lookEverywhere, openPlace } from './places';

// Each page is looked at in several shapes on the way: that takes its time on a busy machine.
test.slow();

const MINERALS = aChat('Minerals', [
  'What is under the hill?',
  'Mostly quartz crystals, and a little mica.',
  { content: 'Nobody has dug there.', role: 'assistant', after: 0 },
]);

test('chats are put into folders by drag and by menu, and stay when a folder goes', async ({
  page,
}) => {
  const person = await approvedPerson(page.request, 'folders@example.org');
  await giveChats(page.request, person, ...['Alpha', 'Beta', 'Gamma'].map((name) => aChat(name)));
  await openPlace(page, '/chat', 'New chat', person);
  await expect(list(page, 'Today').getByRole('link')).toHaveCount(3);

  await choose(page, 'More for the list', 'New folder');
  const name = page.getByLabel('Name of the folder');
  await expect(name).toBeFocused();
  await name.fill('Work');
  await name.press('Enter');
  const folder = page.getByRole('button', { name: 'Work', exact: true });
  await expect(folder).toHaveAttribute('aria-expanded', 'true');
  await expect(page.getByText('No chat is in here.')).toBeVisible();

  await chatLink(page, 'Alpha').dragTo(folder);
  const inWork = list(page, 'Work').getByRole('link');
  await expect(inWork).toHaveText(/Alpha/);
  await choose(page, 'Actions for Beta', 'Move to a folder');
  const dialog = page.getByRole('dialog', { name: 'Move this chat' });
  await look(page, 'move-dialog');
  await dialog.getByRole('button', { name: 'Work', exact: true }).click();
  await expect(inWork).toHaveCount(2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(inWork).toHaveCount(1);
  await page.reload();
  await expect(inWork).toHaveText(/Alpha/);
  await lookEverywhere(page, 'folders');

  await choose(page, 'Actions for folder Work', 'Rename folder');
  await name.fill('Archive');
  await name.press('Enter');
  await expect(page.getByRole('button', { name: 'Archive', exact: true })).toBeVisible();
  await choose(page, 'More for the list', 'New folder');
  await name.fill('Archive');
  await name.press('Enter');
  await expect(page.getByText('You have a folder named Archive')).toBeVisible();

  await choose(page, 'Actions for folder Archive', 'New chat here');
  await expect(page.getByTitle('The new chat goes into Archive.')).toBeVisible();
  await askAndWait(page, 'Thanks');
  await expect(list(page, 'Archive').getByRole('link')).toHaveCount(2);

  await choose(page, 'Actions for folder Archive', 'Delete folder');
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: 'Delete folder', exact: true })
    .click();
  await expect(page.getByRole('button', { name: 'Archive', exact: true })).toBeHidden();
  await expect(list(page, 'Today').getByRole('link')).toHaveCount(4);
});

test('what was said is found, marked, and led to on the branch that it is on', async ({ page }) => {
  const person = await approvedPerson(page.request, 'search@example.org');
  await giveChats(page.request, person, MINERALS, aChat('Other'));
  await openPlace(page, '/chat', 'New chat', person);
  await page.keyboard.press('Control+Shift+F');
  await expect(searchField(page)).toBeFocused();
  await page.keyboard.type('quartz cryst');
  await expect(places(page)).toHaveCount(1);
  await expect(places(page).locator('mark')).toHaveText(['quartz', 'crystals']);
  await lookEverywhere(page, 'chat-search');

  await searchField(page).press('ArrowDown');
  await expect(places(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/chat\/.+\?words=quartz\+cryst#.+/);
  await expect(messages(page).getByText('Mostly quartz crystals')).toBeInViewport();
  await expect(messages(page).getByText('Nobody has dug there.')).toBeHidden();
  const marked = () => page.evaluate(() => CSS.highlights.get('found')?.size ?? 0);
  await expect.poll(marked).toBe(2);
  await expect(places(page)).toHaveAttribute('aria-current', 'true');
  await expect(places(page)).toBeFocused();
  await look(page, 'chat-found');

  await searchField(page).fill('zeppelin');
  await expect(page.getByText('Nothing you wrote or read here has “zeppelin”.')).toBeVisible();
  await searchField(page).press('Escape');
  await expect(chatLink(page, 'Minerals')).toBeVisible();
});

test('chats go out as files, and come in again with a report', async ({ page }) => {
  const person = await approvedPerson(page.request, 'files@example.org');
  await giveChats(page.request, person, MINERALS, aChat('Other', ['One', 'Two'], 'Work'));
  await openPlace(page, '/chat', 'New chat', person);

  const one = await saved(page, 'Actions for Minerals', 'Export as Markdown');
  expect(one.name).toBe('Minerals.md');
  expect(one.text).toContain('# Minerals');
  expect(one.text).not.toContain('quartz');
  const whole = await saved(page, 'Actions for Minerals', 'Export as JSON');
  expect(JSON.parse(whole.text)).toMatchObject({ conversations: [{ title: 'Minerals' }] });
  const json = await saved(page, 'More for the list', 'Export all as JSON');
  const markdown = await saved(page, 'More for the list', 'Export all as Markdown');
  expect(markdown.text.match(/^# (Minerals|Other)$/gm)).toHaveLength(2);

  await choose(page, 'More for the list', 'Import chats');
  const dialog = page.getByRole('dialog', { name: 'Import chats' });
  await look(page, 'import');
  await dialog
    .locator('input[type=file]')
    .setInputFiles(
      [json, markdown, { name: 'broken.json', text: aFile({ title: 'No messages' }) }].map(
        ({ name, text }) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) }),
      ),
    );
  await expect(dialog.getByRole('heading', { name: '4 chats came in' })).toBeVisible();
  await expect(dialog).toContainText('broken.json was not taken');
  await expect(dialog).toContainText('This is no export of chats');
  await expect(dialog.getByRole('link', { name: /Other/ }).first()).toContainText('Work');
  await lookEverywhere(page, 'import-report');
  await dialog
    .getByRole('link', { name: /Minerals/ })
    .first()
    .click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Minerals', level: 1 })).toBeVisible();
  await expect(list(page, 'Today').getByRole('link', { name: /^Minerals/ })).toHaveCount(3);
});

test('older chats come as the list is scrolled', async ({ page }) => {
  const person = await approvedPerson(page.request, 'many@example.org');
  const chats = Array.from({ length: 120 }, (_, place) => aChat(`Chat ${place + 1}`, ['Hello']));
  await giveChats(page.request, person, ...chats);
  await openPlace(page, '/chat', 'New chat', person);
  const rows = list(page, 'Today').getByRole('link');
  await expect(rows).toHaveCount(50);
  await rows.last().scrollIntoViewIfNeeded();
  await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(100);
  await rows.last().scrollIntoViewIfNeeded();
  await expect(rows).toHaveCount(120);
  await expect(rows.last()).toHaveText(/^Chat 120/);
});

test('an outage keeps what was there, and an ended session leads back to the place', async ({
  page,
  context,
}) => {
  const person = await approvedPerson(page.request, 'away@example.org');
  await giveChats(page.request, person, MINERALS);
  await openPlace(page, '/chat', 'New chat', person);
  await expect(chatLink(page, 'Minerals')).toBeVisible();

  await context.setOffline(true);
  await chatLink(page, 'Minerals').press('F2');
  const title = page.getByLabel('Title of the conversation');
  await title.fill('Renamed while away');
  await title.press('Enter');
  await expect(page.getByText('The manager does not answer.').first()).toBeVisible();
  await expect(chatLink(page, 'Minerals')).toBeVisible();
  await searchField(page).fill('quartz');
  await expect(page.getByRole('alert')).toContainText('This page fills in by itself');
  await expect(page.getByText('Offline', { exact: true })).toBeVisible();
  await look(page, 'chat-search-offline');
  await context.setOffline(false);
  await expect(places(page)).toHaveCount(1);

  await places(page).click();
  await expect(page).toHaveURL(/#/);
  const place = page.url();
  const token = await page.evaluate(() => localStorage.getItem('mlx-manager.token'));
  const ended = await page.request.post('/api/auth/logout', {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(ended.ok()).toBe(true);
  await searchField(page).fill('mica');
  await expect(page.getByText('Your session has ended.')).toBeVisible();
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(page).toHaveURL(place);
  await expect(messages(page).getByText('Mostly quartz crystals')).toBeInViewport();
});

test('on a phone the list is a sheet that searches and closes', async ({ page }) => {
  const person = await approvedPerson(page.request, 'phone-list@example.org');
  await giveChats(page.request, person, MINERALS, aChat('Other', undefined, 'Work'));
  await page.setViewportSize(PHONE);
  await openPlace(page, '/chat', 'New chat', person);
  await page.getByRole('button', { name: 'Conversations' }).click();
  const sheet = page.getByRole('dialog', { name: 'Conversations' });
  await sheet.getByRole('button', { name: 'Work', exact: true }).click();
  await expect(sheet.getByRole('link', { name: /^Other/ })).toBeVisible();
  await look(page, 'folders-sheet-phone');
  await searchField(page).fill('quartz');
  await expect(places(page)).toHaveCount(1);
  await look(page, 'chat-search-phone');
  await places(page).click();
  await expect(sheet).toBeHidden();
  await expect(messages(page).getByText('Mostly quartz crystals')).toBeInViewport();
  await lookOnPhone(page, 'chat-found');
});

const messages = (page: Page) => page.getByRole('region', { name: 'Messages', exact: true });

/** What an export gives, saved by the browser. */
async function saved(page: Page, menu: string, action: string) {
  const download = page.waitForEvent('download');
  await choose(page, menu, action);
  const file = await download;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}
